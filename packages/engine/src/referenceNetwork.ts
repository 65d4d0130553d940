import type { Rows } from "./dataset.js";
import type { ModelDescription } from "./model/describeModel.js";
import { biasName, denseLayers, kernelName } from "./onnx/denseLayers.js";
import type { Tensors } from "./tensor.js";

type Weights = ReadonlyMap<string, Float64Array>;

/**
 * The gradient of the mean cross-entropy with respect to every weight, by central differences in
 * double precision. Slow and plain on purpose: what engines are checked against.
 */
export function doubleGradients(
  model: ModelDescription,
  weights: Weights | Tensors,
  rows: Rows,
): Weights {
  const doubles: Weights = new Map(
    [...weights].map(([name, weight]) => [
      name,
      Float64Array.from("data" in weight ? weight.data : weight),
    ]),
  );
  const step = 1e-5;
  const gradients = new Map<string, Float64Array>();
  for (const [name, values] of doubles) {
    const lossWith = (index: number, value: number) => {
      const kept = values[index] as number;
      values[index] = value;
      const loss = meanCrossEntropy(model, doubles, rows);
      values[index] = kept;
      return loss;
    };
    gradients.set(
      name,
      values.map(
        (value, i) => (lossWith(i, value + step) - lossWith(i, value - step)) / (2 * step),
      ),
    );
  }
  return gradients;
}

/** Full-batch Adam with Keras' epsilon, step by step from the formula. */
export function doubleAdam(
  model: ModelDescription,
  weights: Tensors,
  rows: Rows,
  adam: { learning_rate: number; beta_1: number; beta_2: number; epsilon: number; steps: number },
) {
  const { learning_rate: lr, beta_1, beta_2, epsilon, steps } = adam;
  const state = [...weights].map(([name, { data }]) => ({
    name,
    w: Float64Array.from(data),
    m: new Float64Array(data.length),
    v: new Float64Array(data.length),
  }));
  for (let t = 1; t <= steps; t++) {
    const now = new Map(state.map(({ name, w }) => [name, w]));
    const gradients = doubleGradients(model, now, rows);
    const rate = (lr * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t);
    for (const { name, w, m, v } of state) {
      gradients.get(name)?.forEach((g, i) => {
        m[i] = beta_1 * (m[i] as number) + (1 - beta_1) * g;
        v[i] = beta_2 * (v[i] as number) + (1 - beta_2) * g * g;
        w[i] = (w[i] as number) - (rate * (m[i] as number)) / (Math.sqrt(v[i] as number) + epsilon);
      });
    }
  }
  return new Map(state.map(({ name, w, m, v }) => [name, { w, m, v }]));
}

function meanCrossEntropy(model: ModelDescription, weights: Weights, rows: Rows): number {
  const size = rows.x.length / rows.count;
  let nats = 0;
  for (let row = 0; row < rows.count; row++) {
    let values = Array.from(rows.x.subarray(row * size, (row + 1) * size));
    for (const layer of denseLayers(model)) {
      const kernel = weights.get(kernelName(layer)) as Float64Array;
      const bias = weights.get(biasName(layer));
      const sums = Array.from({ length: layer.units }, (_, unit) =>
        values.reduce(
          (sum, value, input) => sum + value * (kernel[input * layer.units + unit] as number),
          bias?.[unit] ?? 0,
        ),
      );
      values = ACTIVATION[layer.activation]?.(sums) ?? [];
    }
    const total = values.reduce((sum, value) => sum + value, 0);
    nats -= Math.log((values[rows.y[row] as number] as number) / total);
  }
  return nats / rows.count;
}

const ACTIVATION: Readonly<Record<string, (sums: number[]) => number[]>> = {
  linear: (sums) => sums,
  relu: (sums) => sums.map((z) => Math.max(z, 0)),
  tanh: (sums) => sums.map(Math.tanh),
  sigmoid: (sums) => sums.map((z) => 1 / (1 + Math.exp(-z))),
  softmax: (sums) => {
    const exponents = sums.map((z) => Math.exp(z - Math.max(...sums)));
    const total = exponents.reduce((sum, value) => sum + value, 0);
    return exponents.map((value) => value / total);
  },
};
