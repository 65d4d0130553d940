import { fitKernel } from "./fitKernel.js";
import { createGaussianProcess, type GpInputs } from "./gaussianProcess.js";
import type { GpSpace } from "./gpSpace.js";

export const toInputs = ({ categorical }: GpSpace, points: readonly Float64Array[]): GpInputs => ({
  x: Float64Array.from(points.flatMap((point) => [...point])),
  count: points.length,
  categorical,
});

interface ConditionTask {
  readonly inputs: GpInputs;
  /** Standardised, larger is better. [inputs] */
  readonly values: Float64Array;
  /** Points without a value yet. */
  readonly pending?: readonly Float64Array[];
  readonly deterministic?: boolean;
}

/**
 * A process with the most probable kernel, that takes pending points to have their expected values
 * already, and these values.
 */
export function conditionOn(
  space: GpSpace,
  { inputs, values, pending = [], deterministic = false }: ConditionTask,
) {
  const kernel = fitKernel(inputs, values, { deterministic });
  // Points too close together for the kernel's scale need more noise to be told apart.
  for (let noise = kernel.noise; Number.isFinite(noise); noise *= 10) {
    const params = { ...kernel, noise };
    const process = createGaussianProcess(inputs, values, params);
    const believed = pending.map((point) => process?.posterior(point).mean ?? 0);
    const together =
      pending.length === 0
        ? process
        : createGaussianProcess(
            append(inputs, toInputs(space, pending)),
            Float64Array.of(...values, ...believed),
            params,
          );
    if (together !== null) return { process: together, believed };
  }
  throw new Error("a Gaussian process has no covariance: its inputs or values are not finite");
}

const append = (a: GpInputs, b: GpInputs): GpInputs => ({
  ...a,
  x: Float64Array.of(...a.x, ...b.x),
  count: a.count + b.count,
});
