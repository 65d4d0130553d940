import { fileURLToPath } from "node:url";
import { AppError } from "@sweepyard/contract";
import { forkJob } from "../forkJob.js";
import type { ModelJob, ResultOf } from "./modelJob.js";

/** Built both as src/… and as dist/…; a process runs the latter. */
const ENTRY = fileURLToPath(new URL("../../dist/models/modelProcess.js", import.meta.url));

/** They take turns: each holds a data set, and timings of one would be wrong beside another. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Exports, compares or surveys models in a process of its own.
 * @throws {AppError} `not_found` if a file is gone; `unavailable` if the process died.
 */
export function runModelJob<Job extends ModelJob>(
  job: Job,
  signal: AbortSignal,
): Promise<ResultOf[Job["kind"]]> {
  const turn = last.then(() =>
    forkJob<Job, ResultOf[Job["kind"]]>({
      entry: ENTRY,
      job,
      signal,
      died: (how) =>
        new AppError("unavailable", `working on the model ended with ${how}: is memory short?`),
    }),
  );
  last = turn.catch(() => {});
  return turn;
}
