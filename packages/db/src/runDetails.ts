import {
  AppError,
  type ArtifactView,
  type AttemptView,
  type Id,
  type MetricRow,
  Report,
} from "@sweepyard/contract";
import { toArtifactView } from "./artifactView.js";
import type { Db } from "./connect.js";
import { runNotFound } from "./runView.js";

/** Every metric of every step, by step. Values that are not finite are null. */
export async function runMetrics(db: Db, projectId: Id, id: Id): Promise<MetricRow[]> {
  await requireRun(db, projectId, id);
  const rows = await db.prisma.$queryRaw<{ step: number; at: Date; values: MetricRow["values"] }[]>`
    select step, max(at) as at,
      jsonb_object_agg(name, case when value > '-Infinity' and value < 'Infinity' then value end)
        as values
    from metric_points where run_id = ${id}::uuid group by step order by step`;
  return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
}

/** @throws {AppError} `not_found` if the run has no report. */
export async function runReport(db: Db, projectId: Id, id: Id): Promise<Report> {
  const state = await requireRun(db, projectId, id);
  const row = await db.prisma.report.findUnique({ where: { runId: id } });
  if (row !== null) return Report.parse(row.report);
  throw new AppError(
    "not_found",
    `run ${id} is ${state} and has no report: only completed runs are evaluated`,
  );
}

/** First to last. */
export async function runAttempts(db: Db, projectId: Id, id: Id): Promise<AttemptView[]> {
  await requireRun(db, projectId, id);
  const rows = await db.prisma.attempt.findMany({
    where: { runId: id },
    orderBy: { number: "asc" },
  });
  return rows.map((row) => ({
    number: row.number,
    workerName: row.workerName,
    slot: row.slot,
    device: row.device,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    fromEpoch: row.fromEpoch,
    outcome: row.outcome,
    log: row.log,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? "" },
  }));
}

/** Oldest first. */
export async function runArtifacts(db: Db, projectId: Id, id: Id): Promise<ArtifactView[]> {
  await requireRun(db, projectId, id);
  const rows = await db.prisma.artifact.findMany({
    where: { runId: id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map(toArtifactView);
}

/** Its state. @throws {AppError} `not_found`. */
export async function requireRun(db: Db, projectId: Id, id: Id): Promise<string> {
  const run = await db.prisma.run.findFirst({ where: { id, projectId }, select: { state: true } });
  if (run === null) throw runNotFound(id);
  return run.state;
}
