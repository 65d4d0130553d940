import type { SweepView } from "@sweepyard/contract";

const MOST = 20;

/**
 * Epochs at which a sweep's pruner judges, rung 0 first; none where it has no rungs or settles
 * them as it goes.
 */
export function rungsOf(pruner: SweepView["pruner"], epochs: number): number[] {
  switch (pruner.name) {
    case "asha":
      return geometric(
        pruner.min_resource * pruner.reduction_factor ** pruner.min_early_stopping_rate,
        pruner.reduction_factor,
        epochs,
      );
    case "successive_halving":
      // A resource is a step there, and step 1 is the second epoch.
      return pruner.min_resource === "auto"
        ? []
        : geometric(
            pruner.min_resource * pruner.reduction_factor ** pruner.min_early_stopping_rate,
            pruner.reduction_factor,
            epochs - 1,
          ).map((step) => step + 1);
    case "hyperband":
      return geometric(pruner.min_resource, pruner.reduction_factor, epochs - 1).map(
        (step) => step + 1,
      );
    default:
      return [];
  }
}

function geometric(first: number, factor: number, last: number): number[] {
  const rungs: number[] = [];
  for (let rung = first; rung <= last && rungs.length < MOST; rung *= factor) rungs.push(rung);
  return rungs;
}
