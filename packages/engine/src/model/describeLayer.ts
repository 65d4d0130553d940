import {
  AppError,
  type Conv2DLayer,
  type DenseLayer,
  type Initializer,
  type Layer,
  type PlainLayer,
  type Regularizer,
  type ResidualLayer,
} from "@sweepyard/contract";
import { sizeOf } from "../tensor.js";
import type { LayerDescription, WeightDescription } from "./layerDescription.js";
import type { LayerNames } from "./layerNames.js";
import { windowOf, windowOutput } from "./windows.js";

type Shape = readonly number[];
type Kind<Name extends Layer["class_name"]> = Extract<Layer, { class_name: Name }>;

/**
 * One layer on inputs of a shape.
 * @throws {AppError} `shape_mismatch`, naming the layer and what would be right.
 */
export function describeLayer(
  layer: Layer,
  inputShape: Shape,
  names: LayerNames,
): LayerDescription {
  const name = names.take(layer);
  return layer.class_name === "Residual"
    ? describeResidual(layer, name, inputShape, names)
    : describePlain(layer, name, inputShape);
}

function describePlain(layer: PlainLayer, name: string, given: Shape): LayerDescription {
  const inputShape = IMAGE_LAYERS.has(layer.class_name) ? imageShape(layer, name, given) : given;
  const { outputShape, weights = [], flops = 0 } = parts(layer, name, inputShape);
  return describe({ name, layer, inputShape, outputShape, weights, flops, inner: [] });
}

const describe = (
  layer: Omit<LayerDescription, "params" | "trainableParams">,
): LayerDescription => ({
  ...layer,
  params: numbersIn(layer.weights),
  trainableParams: numbersIn(layer.weights.filter(({ trainable }) => trainable)),
});

const numbersIn = (weights: readonly WeightDescription[]): number =>
  weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

interface Parts {
  readonly outputShape: Shape;
  readonly weights?: readonly WeightDescription[];
  readonly flops?: number;
}

function parts(layer: PlainLayer, name: string, input: Shape): Parts {
  switch (layer.class_name) {
    case "Flatten":
      return { outputShape: [sizeOf(input)] };
    case "Reshape":
      return { outputShape: reshaped(layer, name, input) };
    case "Dense":
      return dense(layer, name, input);
    case "Conv2D":
      return conv2d(layer, name, input);
    case "MaxPooling2D":
    case "AveragePooling2D":
      return { outputShape: [...windowOutput(layer, name, input), input[2] as number] };
    case "GlobalMaxPooling2D":
    case "GlobalAveragePooling2D":
      return { outputShape: [input[2] as number] };
    case "BatchNormalization":
    case "LayerNormalization":
      return normalization(layer, name, input);
    case "Activation":
    case "ReLU":
    case "LeakyReLU":
    case "ELU":
    case "Softmax":
    case "Dropout":
    case "GaussianNoise":
      return { outputShape: input };
  }
}

const IMAGE_LAYERS: ReadonlySet<string> = new Set([
  "Conv2D",
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalMaxPooling2D",
  "GlobalAveragePooling2D",
]);

/** [height, width, channels]; what has no channels, such as greyscale images, has one. */
function imageShape(layer: Layer, name: string, given: Shape): Shape {
  if (given.length === 3) return given;
  if (given.length === 2) return [...given, 1];
  throw new AppError(
    "shape_mismatch",
    `layer "${name}" (${layer.class_name}) gets inputs of shape [${given.join(", ")}] and needs ` +
      `[height, width, channels]: put it before Flatten and Dense, or a ` +
      `{"class_name": "Reshape", "target_shape": [height, width, channels]} before it`,
  );
}

function reshaped(layer: Kind<"Reshape">, name: string, input: Shape): Shape {
  const { target_shape } = layer;
  if (sizeOf(target_shape) === sizeOf(input)) return target_shape;
  throw new AppError(
    "shape_mismatch",
    `layer "${name}" (Reshape) gets inputs of shape [${input.join(", ")}], ${sizeOf(input)} ` +
      `numbers, and its target_shape [${target_shape.join(", ")}] has ${sizeOf(target_shape)}: ` +
      `the two must agree`,
  );
}

function dense(layer: DenseLayer, name: string, input: Shape): Parts {
  const [inputs] = input;
  if (inputs === undefined || input.length !== 1) {
    throw new AppError(
      "shape_mismatch",
      `layer "${name}" (Dense) gets inputs of shape [${input.join(", ")}] and needs one axis: ` +
        `put {"class_name": "Flatten"} before it`,
    );
  }
  const { units } = layer;
  return {
    outputShape: [units],
    weights: kernelAndBias(layer, name, [inputs, units]),
    flops: 2 * inputs * units,
  };
}

function conv2d(layer: Conv2DLayer, name: string, input: Shape): Parts {
  const [, , channels = 0] = input;
  const { filters } = layer;
  const kernel = [...windowOf(layer).size, channels, filters];
  const cells = windowOutput(layer, name, input);
  return {
    outputShape: [...cells, filters],
    weights: kernelAndBias(layer, name, kernel),
    flops: 2 * sizeOf(kernel) * sizeOf(cells),
  };
}

function kernelAndBias(
  layer: DenseLayer | Conv2DLayer,
  name: string,
  shape: Shape,
): WeightDescription[] {
  const kernel: WeightDescription = {
    name: `${name}/kernel`,
    shape,
    trainable: true,
    initializer: layer.kernel_initializer,
    ...optional(layer.kernel_regularizer),
  };
  if (shape.length !== 2 && isIdentity(layer.kernel_initializer)) throw notForConvolutions(name);
  if (!layer.use_bias) return [kernel];
  const bias: WeightDescription = {
    name: `${name}/bias`,
    shape: shape.slice(-1),
    trainable: true,
    initializer: layer.bias_initializer,
    ...optional(layer.bias_regularizer),
  };
  return [kernel, bias];
}

const optional = (regularizer: Regularizer | undefined) =>
  regularizer === undefined ? {} : { regularizer };

const isIdentity = (initializer: Initializer): boolean =>
  initializer === "identity" ||
  (typeof initializer === "object" && initializer.class_name === "Identity");

const notForConvolutions = (name: string) =>
  new AppError(
    "shape_mismatch",
    `layer "${name}" (Conv2D) has kernel_initializer identity, which makes matrices: ` +
      `use orthogonal or another`,
  );

/** The last axis has its own gamma, beta and, of a batch, moving statistics. */
function normalization(
  layer: Kind<"BatchNormalization"> | Kind<"LayerNormalization">,
  name: string,
  input: Shape,
): Parts {
  const shape = input.slice(-1);
  const weight = (of: string, initializer: "zeros" | "ones", trainable = true) => ({
    name: `${name}/${of}`,
    shape,
    trainable,
    initializer,
  });
  const weights: WeightDescription[] = [];
  if (layer.scale) weights.push(weight("gamma", "ones"));
  if (layer.center) weights.push(weight("beta", "zeros"));
  if (layer.class_name === "BatchNormalization")
    weights.push(weight("moving_mean", "zeros", false), weight("moving_variance", "ones", false));
  return { outputShape: input, weights, flops: 2 * sizeOf(input) };
}

function describeResidual(
  layer: ResidualLayer,
  name: string,
  inputShape: Shape,
  names: LayerNames,
): LayerDescription {
  const inner: LayerDescription[] = [];
  let shape = inputShape;
  for (const one of layer.layers) {
    const described = describeLayer(one, shape, names);
    inner.push(described);
    shape = described.outputShape;
  }
  const first = inner[0]?.inputShape ?? inputShape; // greyscale images may have got their channel
  const from = sizeOf(first) === sizeOf(inputShape) ? first : inputShape;
  const needsProjection = from.join() !== shape.join();
  const projection = needsProjection
    ? describeLayer(shortcut(name, from, shape), from, names)
    : undefined;
  const all = projection === undefined ? inner : [...inner, projection];
  return describe({
    name,
    layer,
    inputShape: from,
    outputShape: shape,
    weights: all.flatMap(({ weights }) => weights),
    flops: all.reduce((sum, { flops }) => sum + flops, 0),
    inner,
    ...(projection === undefined ? {} : { projection }),
  });
}

/** What brings the shortcut of a Residual to the shape of its layers' outputs. */
function shortcut(residual: string, from: Shape, to: Shape): DenseLayer | Conv2DLayer {
  const plain = {
    name: `${residual}_projection`,
    activation: "linear",
    use_bias: false,
    kernel_initializer: "glorot_uniform",
    bias_initializer: "zeros",
  } as const;
  const [height = 0, width = 0, channels = 0] = to;
  if (from.length === 1 && to.length === 1) return { class_name: "Dense", units: height, ...plain };
  if (from.length === 3 && to.length === 3) {
    const strides = [strideTo(from[0], height), strideTo(from[1], width)] as const;
    if (strides.every((stride) => stride > 0)) {
      return {
        class_name: "Conv2D",
        filters: channels,
        kernel_size: 1,
        strides: [...strides],
        padding: "same",
        ...plain,
      };
    }
  }
  throw new AppError(
    "shape_mismatch",
    `layer "${residual}" (Residual) gets inputs of shape [${from.join(", ")}] and its layers make ` +
      `[${to.join(", ")}], to which no shortcut leads: use padding same, and strides that divide the sides`,
  );
}

/** The stride that takes a side to a smaller one, 0 if none does. */
function strideTo(from = 0, to: number): number {
  const stride = Math.ceil(from / to);
  return Math.ceil(from / stride) === to ? stride : 0;
}
