import { AppError, type DatasetFiles, type DatasetView, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface NewDataset {
  readonly name: string;
  readonly description: string;
  readonly classNames: readonly string[];
  readonly inputShape: readonly number[];
  readonly trainRows: number;
  readonly testRows: number;
  readonly classCounts: readonly number[];
  /** Uncompressed IDX files in the artifact store. */
  readonly files: DatasetFiles;
}

/** Stores the next version; identical content answers with the version that has it. */
export async function createDataset(
  db: Db,
  projectId: Id,
  actor: string,
  dataset: NewDataset,
): Promise<DatasetView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${actor} ${dataset}`);
}

/** Absent version: the latest. @throws {AppError} `not_found`. */
export async function getDataset(
  db: Db,
  projectId: Id,
  name: string,
  version?: number,
): Promise<DatasetView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${name} ${version}`);
}

/** The latest version of each, by name. */
export async function listDatasets(db: Db, projectId: Id): Promise<DatasetView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId}`);
}
