import { PrunerConfig } from "@sweepyard/contract";

/** A pruner as Optuna's are recorded (fixtures/README.md): its class and its arguments. */
export interface RecordedPruner {
  readonly class: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

const NAMES: Readonly<Record<string, string>> = {
  NopPruner: "none",
  MedianPruner: "median",
  PercentilePruner: "percentile",
  PatientPruner: "patient",
  ThresholdPruner: "threshold",
  SuccessiveHalvingPruner: "successive_halving",
  HyperbandPruner: "hyperband",
  WilcoxonPruner: "wilcoxon",
};

/**
 * The configuration of a recorded pruner, with Optuna's defaults for what it leaves out.
 * @throws {ZodError} if there is no such pruner here, or it lacks an argument.
 */
export function toPrunerConfig(recorded: RecordedPruner | null): PrunerConfig {
  if (recorded === null) return { name: "none" };
  return PrunerConfig.parse(toInput(recorded));
}

function toInput({ class: className, args = {} }: RecordedPruner): Record<string, unknown> {
  const input: Record<string, unknown> = { name: NAMES[className] ?? className, ...args };
  const { wrapped_pruner } = input;
  if (wrapped_pruner !== undefined && wrapped_pruner !== null)
    input.wrapped_pruner = toInput(wrapped_pruner as RecordedPruner);
  return input;
}
