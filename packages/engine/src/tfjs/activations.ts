import type { Activation } from "@sweepyard/contract";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

export type Apply = (x: Tensor) => Tensor;

const LEAKY_RELU_SLOPE = 0.2;

/** Keras' activations, with gradients; those that tfjs-layers lacks or has otherwise are built here. */
export function activations(tf: TensorFlow): Readonly<Record<Activation, Apply>> {
  const halfOf = (x: Tensor, share: Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(share, 1));
  return {
    linear: (x) => x,
    relu: (x) => tf.relu(x),
    relu6: (x) => tf.relu6(x),
    leaky_relu: (x) => tf.leakyRelu(x, LEAKY_RELU_SLOPE),
    elu: (x) => elu(tf, x, 1),
    selu: (x) => tf.selu(x),
    gelu: (x) => halfOf(x, tf.erf(tf.mul(x, Math.SQRT1_2))),
    gelu_new: (x) => {
      const cubed = tf.mul(tf.mul(tf.square(x), x), 0.044715);
      return halfOf(x, tf.tanh(tf.mul(tf.add(x, cubed), Math.sqrt(2 / Math.PI))));
    },
    tanh: (x) => tf.tanh(x),
    sigmoid: (x) => tf.sigmoid(x),
    silu: (x) => tf.mul(x, tf.sigmoid(x)),
    softmax: (x) => tf.softmax(x),
    softplus: (x) => tf.softplus(x),
    softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  };
}

/** α·(eˣ - 1) below 0. The exponential sees no positive numbers, whose overflow would make NaN gradients. */
export const elu = (tf: TensorFlow, x: Tensor, alpha: number): Tensor =>
  tf.add(tf.relu(x), tf.mul(tf.expm1(tf.minimum(x, 0)), alpha));
