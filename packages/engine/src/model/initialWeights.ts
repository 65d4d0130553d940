import { createUniform, STREAM } from "../random.js";
import type { Tensor, Tensors } from "../tensor.js";
import type { ModelDescription } from "./describeModel.js";
import { initialize } from "./initializers.js";

/** All weights of a model at the start of training. Each draws from a stream of its own. */
export function initialWeights({ weights }: ModelDescription, seed: number): Tensors {
  return new Map(
    weights.map(({ name, shape, initializer }, index): [string, Tensor] => {
      const nextUnit = createUniform(seed, STREAM.initialWeights, index);
      return [name, { shape, data: initialize(initializer, shape, nextUnit) }];
    }),
  );
}
