import { AppError, type Id, type ModelVersionView, type ModelView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** By name; versions newest first. */
export async function listModels(db: Db, projectId: Id): Promise<ModelView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId}`);
}

/** @throws {AppError} `not_found`. */
export async function getModel(db: Db, projectId: Id, name: string): Promise<ModelView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${name}`);
}

export interface SetAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly reason: string;
}

/** Points an alias at a version; who did it, and why, is kept. @throws {AppError} `not_found`. */
export async function setAlias(
  db: Db,
  projectId: Id,
  actor: string,
  change: SetAlias,
): Promise<ModelVersionView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${actor} ${change}`);
}
