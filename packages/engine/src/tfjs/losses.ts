import type { Activation, Loss } from "@sweepyard/contract";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

/** Keras' epsilon: probabilities are cut to [1e-7, 1 - 1e-7] before a logarithm. */
const EPSILON = 1e-7;

export interface ModelOutput {
  /** Before the last activation, [rows, outputs]. */
  readonly logits: Tensor;
  /** After it. */
  readonly outputs: Tensor;
  readonly activation: Activation;
}

/**
 * Each row's loss, [rows]; in nats for cross-entropies. Behind a softmax or sigmoid they are taken
 * from the logits, as Keras does; of a sigmoid's logits categorical cross-entropy takes the softmax.
 * @param targets [rows, outputs]
 */
export function rowLosses(
  tf: TensorFlow,
  loss: Loss,
  output: ModelOutput,
  targets: Tensor,
): Tensor {
  switch (loss.name) {
    case "categorical_crossentropy":
      return categorical(tf, loss, output, smoothed(tf, targets, loss.label_smoothing));
    case "sparse_categorical_crossentropy":
      return categorical(tf, loss, output, targets);
    case "binary_crossentropy": {
      const { label_smoothing, from_logits } = loss;
      const soft = tf.add(tf.mul(targets, 1 - label_smoothing), 0.5 * label_smoothing);
      return tf.mean(binary(tf, output, soft, from_logits), -1);
    }
    case "mean_squared_error":
      return tf.mean(tf.square(tf.sub(targets, output.outputs)), -1);
    case "mean_absolute_error":
      return tf.mean(absolute(tf, tf.sub(targets, output.outputs)), -1);
    case "huber": {
      const error = tf.sub(targets, output.outputs);
      const cut = tf.clipByValue(error, -loss.delta, loss.delta);
      return tf.mean(tf.mul(cut, tf.sub(error, tf.mul(cut, 0.5))), -1);
    }
  }
}

/** |x| with gradient 0 at 0, as TensorFlow has it; tfjs' own has -1 there. */
export const absolute = (tf: TensorFlow, x: Tensor): Tensor => tf.mul(x, tf.sign(x));

function smoothed(tf: TensorFlow, targets: Tensor, smoothing: number): Tensor {
  if (smoothing === 0) return targets;
  return tf.add(tf.mul(targets, 1 - smoothing), smoothing / (targets.shape.at(-1) ?? 1));
}

type Categorical = Extract<Loss, { name: `${string}categorical_crossentropy` }>;

function categorical(
  tf: TensorFlow,
  { name, from_logits }: Categorical,
  { logits, outputs, activation }: ModelOutput,
  targets: Tensor,
): Tensor {
  const shares = (values: Tensor) => tf.div(values, tf.sum(values, -1, true));
  const logProbabilities =
    from_logits || activation === "softmax" || activation === "sigmoid"
      ? tf.logSoftmax(logits)
      : name === "sparse_categorical_crossentropy"
        ? tf.log(shares(clipped(tf, outputs)))
        : tf.log(clipped(tf, shares(outputs)));
  return tf.neg(tf.sum(tf.mul(targets, logProbabilities), -1));
}

function binary(
  tf: TensorFlow,
  { logits, outputs, activation }: ModelOutput,
  targets: Tensor,
  fromLogits: boolean,
): Tensor {
  if (fromLogits || activation === "sigmoid") return sigmoidCrossEntropy(tf, logits, targets);
  const p = clipped(tf, outputs);
  const yes = tf.mul(targets, tf.log(p));
  const no = tf.mul(tf.sub(1, targets), tf.log(tf.sub(1, p)));
  return tf.neg(tf.add(yes, no));
}

const clipped = (tf: TensorFlow, shares: Tensor): Tensor =>
  tf.clipByValue(shares, EPSILON, 1 - EPSILON);

/** Stable for any logit. Its gradient is given, since that of the formula's parts is wrong at 0. */
function sigmoidCrossEntropy(tf: TensorFlow, logits: Tensor, targets: Tensor): Tensor {
  const withGradient = tf.customGrad((...inputs) => {
    const [z, y, save] = inputs as unknown as [Tensor, Tensor, (saved: Tensor[]) => void];
    save([z, y]);
    return {
      value: tf.add(tf.sub(tf.relu(z), tf.mul(z, y)), tf.log1p(tf.exp(tf.neg(tf.abs(z))))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [logit, target] = saved as [Tensor, Tensor];
        return [tf.mul(dy, tf.sub(tf.sigmoid(logit), target)), tf.zerosLike(target)];
      },
    };
  });
  return withGradient(logits, targets);
}
