import type { DatasetOptionsInput, DatasetPart, IdxFiles } from "@sweepyard/contract";

/** What every upload says. `fs.openAsBlob` makes a Blob of a path in Node. */
interface UploadFacts {
  readonly name: string;
  readonly description?: string | undefined;
}

/** Four IDX files, as they are or in gzip. */
export interface UploadIdx extends UploadFacts, Readonly<Record<keyof IdxFiles, Blob>> {
  readonly classNames: readonly string[];
}

/** Files of any format, by the names that contract's DATASET_PARTS gives them. */
export interface UploadFiles extends UploadFacts {
  readonly options: DatasetOptionsInput;
  readonly files: Partial<Readonly<Record<DatasetPart, Blob>>>;
}

export type UploadDataset = UploadIdx | UploadFiles;

/** The fields come before the files, so that the server can check each file as it arrives. */
export function datasetForm(upload: UploadDataset): FormData {
  const form = new FormData();
  form.set("name", upload.name);
  if (upload.description !== undefined) form.set("description", upload.description);
  if ("options" in upload) {
    form.set("options", JSON.stringify(upload.options));
    for (const [part, blob] of Object.entries(upload.files)) form.set(part, blob, part);
    return form;
  }
  form.set("classNames", JSON.stringify(upload.classNames));
  for (const part of ["trainImages", "trainLabels", "testImages", "testLabels"] as const)
    form.set(part, upload[part], part);
  return form;
}
