import { z } from "zod";
import { CommandTrainer } from "./commandTrainer.js";
import { strictObject } from "./strictObject.js";

/** What trains a sweep's runs. */
export const SweepTrainer = z.discriminatedUnion("kind", [
  /** Sweepyard's own engines, by the plan. */
  strictObject({ kind: z.literal("engine") }),
  /** Whoever asks for runs over the API and tells what became of them. */
  strictObject({
    kind: z.literal("external"),
    /** Steps that a run reports at most; what budgets in epochs count. */
    steps: z.int().min(1).max(10_000_000).optional(),
  }),
  CommandTrainer,
]);
export type SweepTrainer = z.infer<typeof SweepTrainer>;

export const TrainerKind = z.enum(["engine", "external", "command"]);
export type TrainerKind = z.infer<typeof TrainerKind>;
