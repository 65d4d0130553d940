import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface ResolvedModel {
  readonly model: string;
  readonly version: number;
  readonly runId: Id;
  readonly artifactId: Id;
  readonly sha256: string;
  readonly classNames: string[];
  readonly inputShape: number[];
}

/**
 * The version that `name`, `name@alias` or `name@version` stands for; champion is assumed.
 * @throws {AppError} `not_found` that lists the aliases there are.
 */
export async function resolveModel(db: Db, projectId: Id, spec: string): Promise<ResolvedModel> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${spec}`);
}
