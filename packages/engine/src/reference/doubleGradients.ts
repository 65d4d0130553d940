import type { ModelDescription } from "../model/describeModel.js";
import type { Tensors } from "../tensor.js";
import { doubleLoss, type ReferenceRows } from "./doubleLoss.js";
import type { Doubles } from "./doubleNetwork.js";

/**
 * The gradient of the batch's loss with respect to every weight that is trained, by central
 * differences in double precision: what engines are checked against.
 */
export function doubleGradients(
  model: ModelDescription,
  weights: Doubles | Tensors,
  rows: ReferenceRows,
): Doubles {
  const doubles: Doubles = new Map(
    [...weights].map(([name, weight]) => [
      name,
      Float64Array.from("data" in weight ? weight.data : weight),
    ]),
  );
  const step = 1e-5;
  const gradients = new Map<string, Float64Array>();
  for (const { name } of model.weights.filter(({ trainable }) => trainable)) {
    const values = doubles.get(name) as Float64Array;
    const lossWith = (index: number, value: number) => {
      const kept = values[index] as number;
      values[index] = value;
      const loss = doubleLoss(model, doubles, rows);
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
