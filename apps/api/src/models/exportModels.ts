import {
  EXPORT_EXTENSIONS,
  type ExportFormat,
  type ExportView,
  type Id,
} from "@sweepyard/contract";
import { exportSource, listExports, recordExports } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { runModelJob } from "./runModelJob.js";

interface Wanted {
  readonly projectId: Id;
  readonly runId: Id;
  readonly formats: readonly ExportFormat[];
  readonly measure: boolean;
}

/**
 * A run's exports, after making those of `formats` that are missing or, if they are to be measured,
 * have not been run on the whole test split yet.
 */
export async function ensureExports(
  { db, exportPython: python }: Pick<ApiDeps, "db" | "exportPython">,
  { projectId, runId, formats, measure }: Wanted,
  signal: AbortSignal,
): Promise<ExportView[]> {
  const known = await listExports(db, projectId, runId);
  const isDone = (format: ExportFormat) =>
    known.some(
      (one) => one.format === format && (!measure || one.figures?.rows === one.figures?.testRows),
    );
  const missing = formats.filter((format) => !isDone(format));
  if (missing.length === 0) return known;
  const source = await exportSource(db, projectId, runId);
  const { dir: artifactsDir } = db.artifacts;
  const job = { kind: "export", artifactsDir, source, formats: missing, measure, python } as const;
  const made = await runModelJob(job, signal);
  return recordExports(
    db,
    projectId,
    runId,
    made.map(({ format, ...rest }) => ({
      format,
      fileName: `model${EXPORT_EXTENSIONS[format]}`,
      ...rest,
    })),
  );
}
