import { z } from "zod";

const Share = z.number().min(0).max(1);

export const ClassReport = z.object({
  label: z.int(),
  name: z.string(),
  precision: Share,
  recall: Share,
  f1: Share,
  /** Rows of the split that belong to this class. */
  support: z.int(),
});

export const AverageReport = z.object({ precision: Share, recall: Share, f1: Share });

/** Two classes taken for one another, both ways together. */
export const ConfusedPair = z.object({
  a: z.string(),
  b: z.string(),
  /** aAsB + bAsA */
  count: z.int(),
  aAsB: z.int(),
  bAsA: z.int(),
});

/** A run's evaluation on the test split, as scikit-learn's classification_report defines it. */
export const Report = z.object({
  samples: z.int(),
  /** Mean cross-entropy in nats; null if not finite. */
  loss: z.number().nullable(),
  accuracy: Share,
  perClass: z.array(ClassReport),
  macro: AverageReport,
  weighted: AverageReport,
  /** [actual][predicted] counts. */
  confusionMatrix: z.array(z.array(z.int())),
  /** Most often confused first; pairs that never occur are left out. */
  mostConfused: z.array(ConfusedPair),
});
export type Report = z.infer<typeof Report>;
