import type { DatasetFiles } from "@sweepyard/contract";

/** The four IDX files, as they are or in gzip; `fs.openAsBlob` makes such of a path in Node. */
export interface UploadDataset extends Readonly<Record<keyof DatasetFiles, Blob>> {
  readonly name: string;
  readonly description?: string | undefined;
  readonly classNames: readonly string[];
}

/** The fields come before the files, so that the server can check each file as it arrives. */
export function datasetForm({ name, description, classNames, ...files }: UploadDataset): FormData {
  const form = new FormData();
  form.set("name", name);
  if (description !== undefined) form.set("description", description);
  form.set("classNames", JSON.stringify(classNames));
  for (const field of ["trainImages", "trainLabels", "testImages", "testLabels"] as const)
    form.set(field, files[field], field);
  return form;
}
