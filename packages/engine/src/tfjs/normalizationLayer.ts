import type { Layer } from "@sweepyard/contract";
import type { GradSaveFunc, layers, Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

type Normalization = Extract<Layer, { class_name: "BatchNormalization" | "LayerNormalization" }>;
type Weight = ReturnType<layers.Layer["addWeight"]>;

/**
 * BatchNormalization or LayerNormalization over the last axis. Those of tfjs-layers leave a rounding
 * error where a gradient is exactly 0, such as that of a batch of one row, which Adam and its kin
 * make a step of; and they can't train without γ or β.
 */
export function normalizationLayer(
  tf: TensorFlow,
  name: string,
  layer: Normalization,
): layers.Layer {
  class NormalizationLayer extends tf.layers.Layer {
    static readonly className = "NormalizationLayer";
    #gamma: Weight | undefined;
    #beta: Weight | undefined;
    #mean: Weight | undefined;
    #variance: Weight | undefined;

    override build(inputShape: (number | null)[]): void {
      const shape = [inputShape.at(-1) ?? null];
      const [zeros, ones] = [tf.initializers.zeros(), tf.initializers.ones()];
      if (layer.scale) this.#gamma = this.addWeight("gamma", shape, "float32", ones);
      if (layer.center) this.#beta = this.addWeight("beta", shape, "float32", zeros);
      if (layer.class_name === "BatchNormalization") {
        const add = (own: string, initial: typeof zeros) =>
          this.addWeight(own, shape, "float32", initial, undefined, false);
        this.#mean = add("moving_mean", zeros);
        this.#variance = add("moving_variance", ones);
      }
      this.built = true;
    }

    override call(inputs: Tensor | Tensor[], { training }: { training?: boolean }): Tensor {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      return tf.tidy(() => {
        let y = this.#normalized(x, training === true);
        if (this.#gamma !== undefined) y = tf.mul(y, this.#gamma.read());
        return this.#beta === undefined ? y : tf.add(y, this.#beta.read());
      });
    }

    override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
      return inputShape;
    }

    #normalized(x: Tensor, training: boolean): Tensor {
      const last = x.rank - 1;
      if (layer.class_name === "LayerNormalization")
        return normalize(tf, x, [last], layer.epsilon).y;
      const [moving, spread] = [this.#mean as Weight, this.#variance as Weight];
      if (!training) {
        const centred = tf.sub(x, moving.read());
        return tf.mul(centred, tf.rsqrt(tf.add(spread.read(), layer.epsilon)));
      }
      const others = Array.from({ length: last }, (_, axis) => axis);
      const { y, mean, variance } = normalize(tf, x, others, layer.epsilon);
      const follow = (weight: Weight, batch: Tensor) => {
        const step = tf.mul(tf.sub(tf.reshape(batch, [-1]), weight.read()), 1 - layer.momentum);
        weight.write(tf.add(weight.read(), step));
      };
      follow(moving, mean);
      follow(spread, variance);
      return y;
    }
  }
  return new NormalizationLayer({ name });
}

/**
 * (x − μ)/√(σ² + ε) over `axes`, with the gradient as one formula, in which what is 0 comes out as 0:
 * dx = (dy − mean(dy) − y·mean(dy·y))/√(σ² + ε).
 * @see Ioffe & Szegedy, Batch Normalization (2015), §3
 */
function normalize(tf: TensorFlow, x: Tensor, axes: number[], epsilon: number) {
  const { mean, variance } = tf.moments(x, axes, true);
  const scale = tf.rsqrt(tf.add(variance, epsilon));
  const core = tf.customGrad((given, save) => {
    const value = tf.mul(tf.sub(given as Tensor, mean), scale);
    (save as GradSaveFunc)([value, scale]);
    const gradFunc = (dy: Tensor, [y, inverse]: Tensor[]) => {
      const along = tf.mul(y as Tensor, tf.mean(tf.mul(dy, y as Tensor), axes, true));
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, axes, true)), along), inverse as Tensor);
    };
    return { value, gradFunc };
  });
  return { y: core(x), mean, variance };
}
