import { z } from "zod";
import type { AshaPrunerConfig, PrunerConfig } from "./pruners.js";

/**
 * How a sweep's budget in epochs stands where runs pause at rungs. A run that goes on is promised
 * the epochs up to its next rung, and one that waits or has ended counts those that it has trained.
 */
export const EpochLedger = z.object({
  /** Epochs that nobody has trained or is promised; below 0 where somebody resumed runs by hand. */
  left: z.int(),
  /**
   * Epochs that the run nearest to its end lacks beyond what it is promised: they are kept back, so
   * that one run completes. 0: one has, or is promised its end; null: there is no run yet.
   */
  toEnd: z.int().nullable(),
});
export type EpochLedger = z.infer<typeof EpochLedger>;

/** Whether its runs wait at rungs, to be promoted later. */
export const pausesAtRungs = (pruner: PrunerConfig): pruner is AshaPrunerConfig =>
  pruner.name === "asha" && pruner.mode === "pause_and_promote";

/** Epochs after which rung `rung` of ASHA is reached, counted from 0. */
export const rungEpoch = (
  rung: number,
  {
    min_resource,
    reduction_factor,
    min_early_stopping_rate,
  }: Pick<AshaPrunerConfig, "min_resource" | "reduction_factor" | "min_early_stopping_rate">,
): number => min_resource * reduction_factor ** (min_early_stopping_rate + rung);
