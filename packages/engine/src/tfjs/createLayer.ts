import type { Layer } from "@sweepyard/contract";
import type { layers, Tensor4D } from "@tensorflow/tfjs";
import type { LayerDescription } from "../model/layerDescription.js";
import { windowOf } from "../model/windows.js";
import { sizeOf } from "../tensor.js";
import { activations, elu } from "./activations.js";
import { functionLayer } from "./functionLayer.js";
import { globalMax } from "./globalMax.js";
import type { LayerNoise } from "./layerNoise.js";
import { normalizationLayer } from "./normalizationLayer.js";
import { placeWindows } from "./placeWindows.js";
import type { TensorFlow } from "./tensorFlow.js";

/**
 * A layer of tfjs-layers that does what Keras' does, without its activation; one of our own where
 * there is none or where it computes otherwise.
 */
export function createLayer(
  tf: TensorFlow,
  described: LayerDescription,
  noise: LayerNoise,
): layers.Layer {
  const { name, layer, outputShape } = described;
  const custom = (call: Parameters<typeof functionLayer>[3]) =>
    functionLayer(tf, name, outputShape, call);
  switch (layer.class_name) {
    case "Dense":
      return tf.layers.dense({ name, units: layer.units, useBias: layer.use_bias, ...unset });
    case "Conv2D": {
      const { size, strides, padding } = windowOf(layer);
      return tf.layers.conv2d({
        name,
        filters: layer.filters,
        kernelSize: [...size],
        strides: [...strides],
        padding: isPaddedApart(layer) ? "valid" : padding,
        useBias: layer.use_bias,
        ...unset,
      });
    }
    case "MaxPooling2D": {
      const { size, strides, padding } = windowOf(layer);
      return tf.layers.maxPooling2d({
        name,
        poolSize: [...size],
        strides: [...strides],
        padding,
      });
    }
    case "AveragePooling2D":
      return averagePooling(tf, described);
    case "GlobalMaxPooling2D":
      return custom((x) => globalMax(tf, x));
    case "GlobalAveragePooling2D":
      return tf.layers.globalAveragePooling2d({ name, dataFormat: "channelsLast" });
    case "BatchNormalization":
    case "LayerNormalization":
      return normalizationLayer(tf, name, layer);
    case "Flatten": // tfjs' refuses rows that are flat already
    case "Reshape":
      return tf.layers.reshape({ name, targetShape: [...outputShape] });
    case "Activation":
      return custom(activations(tf)[layer.activation]);
    case "Softmax":
      return custom((x) => tf.softmax(x));
    case "ReLU": {
      const { max_value } = layer;
      return custom((x) =>
        max_value === undefined ? tf.relu(x) : tf.minimum(tf.relu(x), max_value),
      );
    }
    case "LeakyReLU":
      return custom((x) => tf.leakyRelu(x, layer.negative_slope));
    case "ELU":
      return custom((x) => elu(tf, x, layer.alpha));
    case "Dropout": {
      const { rate } = layer;
      return custom((x, training) => {
        if (!training || rate === 0) return x;
        const kept = tf.tensor(noise.keep(sizeOf(x.shape), rate), x.shape);
        return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
      });
    }
    case "GaussianNoise": {
      const { stddev } = layer;
      return custom((x, training) => {
        if (!training || stddev === 0) return x;
        return tf.add(x, tf.mul(tf.tensor(noise.normal(sizeOf(x.shape)), x.shape), stddev));
      });
    }
    case "Residual":
      throw new Error("a Residual is made of its layers");
  }
}

/** The wasm backend misplaces the windows of some convolutions that skip cells of a padded image. */
const isPaddedApart = (layer: Layer): boolean => {
  if (layer.class_name !== "Conv2D") return false;
  const { strides, padding } = windowOf(layer);
  return padding === "same" && strides.some((stride) => stride > 1);
};

/** The zeros around a convolution's images, where they are a layer of their own. */
export function createPadding(
  tf: TensorFlow,
  { name, layer, inputShape, outputShape }: LayerDescription,
): layers.Layer | undefined {
  if (layer.class_name !== "Conv2D" || !isPaddedApart(layer)) return undefined;
  const { pads } = placeWindows(oneOf(inputShape), oneOf(outputShape), windowOf(layer));
  return tf.layers.zeroPadding2d({ name: `${name}/padding`, padding: [pads[1], pads[2]] });
}

/** A batch of one row. */
const oneOf = (shape: readonly number[]) => ({ shape: [1, ...shape] });

/** Weights are set after the model is built. */
const unset = { kernelInitializer: "zeros", biasInitializer: "zeros" } as const;

/**
 * Over the cells that exist. With `same` the gradient of tfjs' own divides by the whole window where
 * it juts out, so here whole windows over zeros are scaled up by what they miss.
 */
function averagePooling(
  tf: TensorFlow,
  { name, layer, inputShape, outputShape }: LayerDescription,
): layers.Layer {
  if (layer.class_name !== "AveragePooling2D") throw new Error(`${name} is no AveragePooling2D`);
  const window = windowOf(layer);
  const [size, strides] = [pair(window.size), pair(window.strides)];
  if (window.padding === "valid")
    return tf.layers.averagePooling2d({ name, poolSize: size, strides, padding: "valid" });
  const { pads } = placeWindows(oneOf(inputShape), oneOf(outputShape), window);
  const average = (x: Tensor4D) => tf.avgPool(tf.pad(x, pads), size, strides, "valid");
  const [height = 0, width = 0] = inputShape;
  return functionLayer(tf, name, outputShape, (x) =>
    tf.div(average(x as Tensor4D), average(tf.ones([1, height, width, 1]))),
  );
}

const pair = ([first, second]: readonly [number, number]): [number, number] => [first, second];
