import { z } from "zod";

/**
 * The attempts of a sweep's runs on the slots of workers, as columns: entry i of each is one
 * attempt. Times are whole milliseconds since `origin`.
 */
export const SweepTimeline = z.object({
  origin: z.iso.datetime(),
  lanes: z.array(z.object({ worker: z.string(), slot: z.int(), device: z.string() })),
  numbers: z.array(z.int()),
  /** Places in `lanes`. */
  lane: z.array(z.int()),
  start: z.array(z.int()),
  /** Null while it lasts. */
  end: z.array(z.int().nullable()),
  /** Between entering the queue and the first attempt's start; null for later attempts. */
  wait: z.array(z.int().nullable()),
  /** Attempts in all; fewer are listed where there are more than `MOST_COLUMN_RUNS`. */
  total: z.int(),
});
export type SweepTimeline = z.infer<typeof SweepTimeline>;
