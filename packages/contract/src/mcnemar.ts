import { z } from "zod";
import { Id } from "./ids.js";

/**
 * McNemar's test of two classifiers on the same test rows: whether one is right more often than
 * the other where just one of them is right.
 * @see McNemar, Psychometrika 12 (1947); the exact form: Fagerland et al. (2013)
 */
export const McNemarTest = z.object({
  a: Id,
  b: Id,
  /** Rows of the test split. */
  samples: z.int(),
  bothRight: z.int(),
  onlyA: z.int(),
  onlyB: z.int(),
  bothWrong: z.int(),
  /** Two-sided, by the binomial distribution; 1 where the two never differ. */
  pValue: z.number(),
});
export type McNemarTest = z.infer<typeof McNemarTest>;
