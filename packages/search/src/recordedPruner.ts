import { PrunerConfig } from "@sweepyard/contract";
import { z } from "zod";

/** A pruner as Optuna's are recorded (fixtures/README.md): its class and its arguments. */
export const RecordedPruner = z.object({
  class: z.string(),
  args: z.record(z.string(), z.unknown()).default({}),
});
type RecordedPruner = z.infer<typeof RecordedPruner>;

const NAMES: ReadonlyMap<string, PrunerConfig["name"]> = new Map([
  ["NopPruner", "none"],
  ["MedianPruner", "median"],
  ["PercentilePruner", "percentile"],
  ["PatientPruner", "patient"],
  ["ThresholdPruner", "threshold"],
  ["SuccessiveHalvingPruner", "successive_halving"],
  ["HyperbandPruner", "hyperband"],
  ["WilcoxonPruner", "wilcoxon"],
]);

/**
 * The configuration of a recorded pruner, with Optuna's defaults for what it leaves out; null if
 * there is no such pruner here.
 * @throws {ZodError} if it lacks an argument, or one is not of the kind that ours takes.
 */
export function toPrunerConfig(recorded: RecordedPruner | null): PrunerConfig | null {
  if (recorded === null) return { name: "none" };
  return NAMES.has(recorded.class) ? PrunerConfig.parse(toInput(recorded)) : null;
}

function toInput({ class: className, args }: RecordedPruner): Record<string, unknown> {
  const wrapped = RecordedPruner.safeParse(args.wrapped_pruner);
  return {
    name: NAMES.get(className),
    ...args,
    ...(wrapped.success && { wrapped_pruner: toInput(wrapped.data) }),
  };
}
