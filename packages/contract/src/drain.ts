import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** What becomes of the runs that a worker trains when it is drained. */
export const DrainRuns = z.enum([
  /** They go on to their end. */
  "finish",
  /** They are handed back with their last checkpoint, for other workers to go on with. */
  "hand_back",
]);
export type DrainRuns = z.infer<typeof DrainRuns>;

export const DrainWorker = strictObject({ runs: DrainRuns.default("finish") });
export type DrainWorker = z.infer<typeof DrainWorker>;

/** Who drained a worker, and how; it takes no run until somebody has it resume. */
export const WorkerDrain = z.object({
  runs: DrainRuns,
  by: z.string(),
  at: z.iso.datetime(),
});
export type WorkerDrain = z.infer<typeof WorkerDrain>;
