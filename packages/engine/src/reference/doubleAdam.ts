import type { Rows } from "../dataset.js";
import type { ModelDescription } from "../model/describeModel.js";
import type { Tensors } from "../tensor.js";
import { doubleGradients } from "./doubleGradients.js";

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
