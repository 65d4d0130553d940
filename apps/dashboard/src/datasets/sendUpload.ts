import { datasetForm, toApiError, type UploadDataset } from "@sweepyard/client";
import { API_PREFIX, AppError, type DatasetView } from "@sweepyard/contract";

/**
 * Uploads a data set and tells how far it is, which fetch can't.
 * @param onProgress share of the bytes that are sent, 0 to 1; at 1 the server checks and converts.
 * @throws {ApiError} what the API refused; {AppError} `unavailable` where it can't be reached.
 */
export function sendUpload(
  upload: UploadDataset,
  { onProgress, signal }: { onProgress: (share: number) => void; signal: AbortSignal },
): Promise<DatasetView> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = () => signal.removeEventListener("abort", stop);
    request.open("POST", `${API_PREFIX}/datasets`);
    request.setRequestHeader("accept", "application/json, application/problem+json");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      end();
      const { status, statusText, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as DatasetView);
      else toApiError(new Response(responseText, { status, statusText })).then(reject, reject);
    };
    request.onerror = () => {
      end();
      reject(
        new AppError(
          "unavailable",
          "the connection to the server broke: is it running, and is a proxy's limit below the file's size?",
        ),
      );
    };
    request.onabort = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop);
    request.send(datasetForm(upload));
  });
}
