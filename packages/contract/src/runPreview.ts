import { z } from "zod";
import { TrainPlan } from "./plan.js";
import { ModelSummary } from "./sweepPreview.js";

const runPreview = z.object({
  /** As it would be stored: with every default, and the data's version. */
  plan: TrainPlan,
  model: ModelSummary,
  trainRows: z.int(),
  validationRows: z.int(),
  testRows: z.int(),
  /** Updates of an epoch: whole batches, and a short one where rows are left. */
  stepsPerEpoch: z.int(),
  /** By what similar runs of this project have taken; null while none has been measured. */
  epochSeconds: z.number().nullable(),
});
type RunPreviewObject = typeof runPreview;
/** Named for the same reason as `CreateRunSchema`. */
export interface RunPreviewSchema extends RunPreviewObject {}

/** What submitting a single run would do, told without storing anything. */
export const RunPreview: RunPreviewSchema = runPreview;
export type RunPreview = z.infer<typeof RunPreview>;
