import {
  AppError,
  type ArtifactView,
  type AttemptView,
  type Id,
  type MetricRow,
  type Report,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Every metric of every step, by step. Values that are not finite are null. */
export async function runMetrics(db: Db, projectId: Id, id: Id): Promise<MetricRow[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}

/** @throws {AppError} `not_found` if the run has no report. */
export async function runReport(db: Db, projectId: Id, id: Id): Promise<Report> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}

/** First to last. */
export async function runAttempts(db: Db, projectId: Id, id: Id): Promise<AttemptView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}

/** Oldest first. */
export async function runArtifacts(db: Db, projectId: Id, id: Id): Promise<ArtifactView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}
