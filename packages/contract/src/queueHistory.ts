import { z } from "zod";

/**
 * How a project's queue went, as columns. Times are whole milliseconds since `origin`. `depth` is
 * what was seen at moments, kept when it changed: a value holds until the next one. All else is
 * counted in `buckets` equal parts of the time, the first of which begins at `origin`.
 */
export const QueueHistory = z.object({
  origin: z.iso.datetime(),
  spanMs: z.int(),
  depth: z.object({
    at: z.array(z.int()),
    queued: z.array(z.int()),
    running: z.array(z.int()),
    /** Of workers that take runs. */
    slots: z.array(z.int()),
  }),
  buckets: z.int(),
  /** Attempts that began. */
  started: z.array(z.int()),
  /** Attempts that ended with a result: completed, pruned or diverged. */
  finished: z.array(z.int()),
  /** Attempts that failed or whose worker was lost. */
  failed: z.array(z.int()),
  /** Between submission and the first attempt, of the runs that began; null where none did. */
  waitMedianMs: z.array(z.number().nullable()),
  waitP90Ms: z.array(z.number().nullable()),
});
export type QueueHistory = z.infer<typeof QueueHistory>;
