import type { Optimizer } from "@sweepyard/contract";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

/** As Keras clips: `clipnorm` each gradient alone, `global_clipnorm` all together. Called inside a tidy. */
export function clipGradients(
  tf: TensorFlow,
  { clipnorm, clipvalue, global_clipnorm }: Optimizer,
  gradients: readonly Tensor[],
): Tensor[] {
  if (clipvalue !== undefined)
    return gradients.map((g) => tf.clipByValue(g, -clipvalue, clipvalue));
  if (clipnorm !== undefined) return gradients.map((g) => shrink(tf, g, norm(tf, [g]), clipnorm));
  if (global_clipnorm !== undefined) {
    const all = norm(tf, gradients);
    return gradients.map((g) => shrink(tf, g, all, global_clipnorm));
  }
  return [...gradients];
}

const norm = (tf: TensorFlow, gradients: readonly Tensor[]): Tensor =>
  tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))));

/** g · limit / max(norm, limit) */
const shrink = (tf: TensorFlow, gradient: Tensor, length: Tensor, limit: number): Tensor =>
  tf.mul(gradient, tf.div(limit, tf.maximum(length, limit)));
