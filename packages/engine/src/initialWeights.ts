import type { Initializer } from "@sweepyard/contract";
import type { DenseDescription, ModelDescription } from "./describeModel.js";
import { createUniform, STREAM } from "./random.js";
import type { Tensor, Tensors } from "./tensor.js";

/** A normal cut at two of its standard deviations has this share of its standard deviation left. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/**
 * One kernel [fanIn, fanOut] by Keras' formula.
 * @see https://keras.io/api/layers/initializers/
 */
export function initialize(
  initializer: Initializer,
  fanIn: number,
  fanOut: number,
  nextUnit: () => number,
): Float32Array {
  const values = new Float32Array(fanIn * fanOut);
  const uniform = (limit: number) => () => (nextUnit() * 2 - 1) * limit;
  const fill = (draw: () => number) => {
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return values;
  };
  switch (initializer) {
    case "zeros":
      return values;
    case "glorot_uniform":
      return fill(uniform(Math.sqrt(6 / (fanIn + fanOut))));
    case "he_uniform":
      return fill(uniform(Math.sqrt(6 / fanIn)));
    case "glorot_normal":
      return fill(truncatedNormal(Math.sqrt(2 / (fanIn + fanOut)) / TRUNCATED_STDDEV, nextUnit));
    case "he_normal":
      return fill(truncatedNormal(Math.sqrt(2 / fanIn) / TRUNCATED_STDDEV, nextUnit));
    default:
      throw new Error(`no initialiser ${JSON.stringify(initializer)}`);
  }
}

/** Box and Muller; draws beyond two standard deviations are drawn again. */
function truncatedNormal(stddev: number, nextUnit: () => number): () => number {
  return () => {
    for (;;) {
      const radius = Math.sqrt(-2 * Math.log(1 - nextUnit()));
      const normal = radius * Math.cos(2 * Math.PI * nextUnit());
      if (Math.abs(normal) <= 2) return normal * stddev;
    }
  };
}

/** All weights of a model at the start of training: kernels by their initialiser, biases 0. */
export function initialWeights(model: ModelDescription, seed: number): Tensors {
  const weights = new Map<string, Tensor>();
  model.dense.forEach((layer, index) => {
    const nextUnit = createUniform(seed, STREAM.initialWeights, index);
    weights.set(kernelName(layer), {
      shape: [layer.inputs, layer.units],
      data: initialize(layer.kernelInitializer, layer.inputs, layer.units, nextUnit),
    });
    if (layer.useBias)
      weights.set(biasName(layer), { shape: [layer.units], data: new Float32Array(layer.units) });
  });
  return weights;
}

export const kernelName = (layer: DenseDescription): string => `${layer.name}/kernel`;
export const biasName = (layer: DenseDescription): string => `${layer.name}/bias`;
