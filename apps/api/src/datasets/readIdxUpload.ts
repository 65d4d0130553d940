import {
  AppError,
  type DatasetOptions,
  type DatasetPart,
  type IdxFiles,
  type StoredFile,
} from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db";
import { type IdxSummary, inspectIdx } from "@sweepyard/engine";
import { checkDataset, FILES } from "./checkDataset.js";
import type { Received } from "./received.js";

/**
 * Checks four uploaded IDX files, which are kept as they are.
 * @throws {AppError} `invalid_request` for a missing file, `data_invalid` naming the wrong one.
 */
export async function readIdxUpload(
  { class_names: classNames }: Extract<DatasetOptions, { format: "idx" }>,
  parts: Partial<Record<DatasetPart, StoredFile>>,
  staging: ArtifactStore,
): Promise<Received> {
  if (classNames.length > 256)
    throw new AppError("invalid_request", "labels of IDX files are bytes: 256 classes at most");
  const files = requireAll(parts);
  const summaries = await inspectAll(staging, files);
  return {
    ...checkDataset(summaries, classNames),
    task: "classification",
    classNames,
    files: Object.fromEntries(FILES.map((name) => [name, staging.path(files[name].sha256)])),
  };
}

function requireAll(parts: Partial<Record<DatasetPart, StoredFile>>): IdxFiles {
  const missing = FILES.filter((name) => parts[name] === undefined);
  if (missing.length > 0)
    throw new AppError("invalid_request", `the form lacks the files ${missing.join(", ")}`, {
      errors: missing.map((path) => ({ path, rule: "required", message: "is missing" })),
    });
  return parts as IdxFiles;
}

async function inspectAll(
  staging: ArtifactStore,
  files: IdxFiles,
): Promise<Record<keyof IdxFiles, IdxSummary>> {
  const summaries: Partial<Record<keyof IdxFiles, IdxSummary>> = {};
  for (const name of FILES)
    summaries[name] = await inspectIdx(await staging.open(files[name].sha256), name).catch(
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        const message = error.message.replace(`${name} `, "");
        throw new AppError(error.code, error.message, {
          errors: [{ path: name, rule: "idx", message }],
        });
      },
    );
  return summaries as Record<keyof IdxFiles, IdxSummary>;
}
