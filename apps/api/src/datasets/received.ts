import type { NewDataset } from "@sweepyard/db";

/** What a format's files came to, all of them in one folder. */
export type Received = Omit<NewDataset, "name" | "description" | "files"> & {
  /** Where each file lies, by its name in DatasetFiles. */
  readonly files: Readonly<Record<string, string>>;
};
