import { z } from "zod";
import { Id } from "./ids.js";

/** Fewer than a small line has pixels, so that no more are sent than can be seen. */
export const MOST_IMPROVEMENTS = 60;

/**
 * How a sweep's best came about: of the completed runs that were better than all with a lower
 * number, as columns, by number. Of more than `MOST_IMPROVEMENTS` an even share, the last included.
 */
export const BestSoFar = z.object({
  sweepId: Id,
  numbers: z.array(z.int()),
  values: z.array(z.number()),
});
export type BestSoFar = z.infer<typeof BestSoFar>;
