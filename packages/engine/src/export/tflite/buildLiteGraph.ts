import type { Layer } from "@sweepyard/contract";
import type { LayerDescription } from "../../model/layerDescription.js";
import { isCategorical, isFromLogits } from "../../model/modelTask.js";
import { windowOf } from "../../model/windows.js";
import type { Tensor } from "../../tensor.js";
import { describeTrained, type TrainedModel, weightOf } from "../trainedModel.js";
import { addElu, addLiteActivation } from "./liteActivations.js";
import {
  type FusedActivation,
  LiteBuilder,
  type LiteGraph,
  type LiteOp,
  type LiteOperator,
} from "./liteGraph.js";

type Kind<Name extends Layer["class_name"]> = LayerDescription<
  Extract<Layer, { class_name: Name }>
>;

/**
 * The trained model in TensorFlow Lite's operations, in float32: normalisation by moving statistics
 * is folded into the layer before it where nothing else reads that layer, activations are fused
 * where the operation has a place for them, dropout and noise are gone.
 * Takes what the .onnx file takes and gives what it gives; Keras' layout of images is TensorFlow's.
 */
export function buildLiteGraph(trained: TrainedModel): LiteGraph {
  return new LiteCompiler(trained).compile();
}

class LiteCompiler {
  readonly #trained: TrainedModel;
  readonly #graph = new LiteBuilder();
  /** Values that are read twice: what makes them must not change. */
  readonly #shared = new Set<number>();

  constructor(trained: TrainedModel) {
    this.#trained = trained;
  }

  compile(): LiteGraph {
    const graph = this.#graph;
    const model = describeTrained(this.#trained);
    const { inputShape } = model;
    const input = graph.tensor({
      name: inputShape.length > 1 ? "image" : "features",
      shape: [1, ...inputShape],
      type: "float32",
    });
    this.#shared.add(input);
    const first = this.#scaled(input);
    const last = model.layers.reduce((x, layer) => this.#layer(layer, x), first);
    const output = this.#probabilities(graph.flat(last));
    const { tensors, operators } = graph;
    return { tensors, operators, input, output };
  }

  #scaled(input: number): number {
    const { scaling } = this.#trained;
    if (scaling === undefined) return input;
    const { scale, offset } = scaling;
    return this.#affine("input", input, scale, offset);
  }

  #probabilities(outputs: number): number {
    const { loss } = this.#trained.plan;
    if (!isFromLogits(loss)) return outputs;
    return addLiteActivation(this.#graph, isCategorical(loss) ? "softmax" : "sigmoid", outputs);
  }

  #layer(described: LayerDescription, given: number): number {
    const graph = this.#graph;
    const { layer, outputShape } = described;
    const x = graph.reshape(given, described.inputShape); // greyscale images get their channel
    switch (layer.class_name) {
      case "Flatten":
      case "Reshape":
        return graph.reshape(x, outputShape);
      case "Dense":
        return this.#dense({ ...described, layer }, x);
      case "Conv2D":
        return this.#conv2d({ ...described, layer }, x);
      case "MaxPooling2D":
      case "AveragePooling2D": {
        const op = layer.class_name === "MaxPooling2D" ? "MAX_POOL_2D" : "AVERAGE_POOL_2D";
        return graph.add(op, [x], outputShape, { ...windowOf(layer), activation: "none" });
      }
      case "GlobalMaxPooling2D":
      case "GlobalAveragePooling2D": {
        const op = layer.class_name === "GlobalMaxPooling2D" ? "REDUCE_MAX" : "MEAN";
        return graph.add(
          op,
          [x, graph.integers(`axes_${graph.operators.length}`, [1, 2])],
          outputShape,
        );
      }
      case "Activation":
        return this.#activate(layer.activation, x);
      case "Softmax":
        return addLiteActivation(graph, "softmax", x);
      case "ReLU":
        return this.#relu(layer, x);
      case "LeakyReLU":
        return graph.add("LEAKY_RELU", [x], outputShape, { alpha: layer.negative_slope });
      case "ELU":
        return addElu(graph, x, layer.alpha);
      case "Dropout":
      case "GaussianNoise":
        return x;
      case "BatchNormalization":
        return this.#batchNormalization({ ...described, layer }, x);
      case "LayerNormalization":
        return this.#layerNormalization({ ...described, layer }, x);
      case "Residual":
        return this.#residual(described, x);
    }
  }

  /** TensorFlow Lite holds a Dense kernel as [units, inputs]. */
  #dense({ name, layer, outputShape }: Kind<"Dense">, x: number): number {
    const graph = this.#graph;
    const { shape, data } = this.#weight(`${name}/kernel`);
    const [inputs = 0, units = 0] = shape;
    const kernel = graph.constant(
      `${name}/kernel`,
      [units, inputs],
      transposed(data, inputs, units),
    );
    const bias = this.#bias(name, layer.use_bias, units);
    const y = graph.add("FULLY_CONNECTED", [x, kernel, bias], outputShape, { activation: "none" });
    return this.#activate(layer.activation, y);
  }

  /** TensorFlow Lite holds a convolution's kernel as [filters, height, width, channels]. */
  #conv2d({ name, layer, outputShape }: Kind<"Conv2D">, x: number): number {
    const graph = this.#graph;
    const { shape, data } = this.#weight(`${name}/kernel`);
    const [height = 0, width = 0, channels = 0, filters = 0] = shape;
    const cells = height * width * channels;
    const kernel = graph.constant(
      `${name}/kernel`,
      [filters, height, width, channels],
      transposed(data, cells, filters),
    );
    const bias = this.#bias(name, layer.use_bias, filters);
    const { strides, padding } = windowOf(layer);
    const y = graph.add("CONV_2D", [x, kernel, bias], outputShape, {
      strides,
      padding,
      activation: "none",
    });
    return this.#activate(layer.activation, y);
  }

  #bias(name: string, exists: boolean, length: number): number {
    const data = exists ? this.#weight(`${name}/bias`).data.slice() : new Float32Array(length);
    return this.#graph.constant(`${name}/bias`, [length], data);
  }

  /** y = γ·(x − μ)/√(σ² + ε) + β, as a factor and a sum for each channel. */
  #batchNormalization({ name, layer, outputShape }: Kind<"BatchNormalization">, x: number): number {
    const channels = outputShape.at(-1) ?? 0;
    const of = (what: string, exists: boolean, otherwise: number) =>
      exists ? this.#weight(`${name}/${what}`).data : new Float32Array(channels).fill(otherwise);
    const gamma = of("gamma", layer.scale, 1);
    const beta = of("beta", layer.center, 0);
    const mean = of("moving_mean", true, 0);
    const factor = of("moving_variance", true, 1).map(
      (variance, c) => (gamma[c] as number) / Math.sqrt(variance + layer.epsilon),
    );
    const sum = beta.map((b, c) => b - (mean[c] as number) * (factor[c] as number));
    return this.#folded(x, factor, sum) ?? this.#affine(name, x, factor, sum);
  }

  /** Changes the kernel and the bias of the operation that made `x`, if it has them. */
  #folded(x: number, factor: Float32Array, sum: Float32Array): number | undefined {
    const made = this.#lastOperator(x, ["FULLY_CONNECTED", "CONV_2D"]);
    if (made === undefined) return undefined;
    const [, kernelAt = 0, biasAt = 0] = made.inputs;
    const kernel = this.#graph.at(kernelAt).data as Float32Array;
    const bias = this.#graph.at(biasAt).data as Float32Array;
    const cells = kernel.length / factor.length;
    for (let i = 0; i < kernel.length; i++)
      kernel[i] = (kernel[i] as number) * (factor[Math.floor(i / cells)] as number);
    for (let c = 0; c < bias.length; c++)
      bias[c] = (bias[c] as number) * (factor[c] as number) + (sum[c] as number);
    return x;
  }

  /** x·factor + sum by the last axis; a length of 1 stands for all. */
  #affine(name: string, x: number, factor: Float32Array, sum: Float32Array): number {
    const graph = this.#graph;
    const shape = graph.shapeOf(x);
    const constant = (what: string, data: Float32Array) =>
      graph.constant(`${name}/${what}`, [data.length], data);
    const scaled = graph.add("MUL", [x, constant("factor", factor)], shape);
    return graph.add("ADD", [scaled, constant("sum", sum)], shape);
  }

  #layerNormalization({ name, layer, outputShape }: Kind<"LayerNormalization">, x: number): number {
    const graph = this.#graph;
    this.#shared.add(x);
    const cells = outputShape.slice(0, -1);
    const axes = graph.integers(`${name}/axes`, [outputShape.length]);
    // MEAN drops its axis; the numbers of each cell then stand beside its mean again.
    const mean = (value: number) => {
      const narrow = graph.add("MEAN", [value, axes], cells);
      const target = graph.integers(`shape_${graph.operators.length}`, [-1, ...cells, 1]);
      return graph.add("RESHAPE", [narrow, target], [...cells, 1], { shape: [...cells, 1] });
    };
    const centred = graph.add("SUB", [x, mean(x)], outputShape);
    const variance = mean(graph.add("MUL", [centred, centred], outputShape));
    const shifted = graph.add("ADD", [variance, graph.scalar(layer.epsilon)], [...cells, 1]);
    const inverse = graph.add("RSQRT", [shifted], [...cells, 1]);
    let y = graph.add("MUL", [centred, inverse], outputShape);
    const vector = (of: string) => {
      const { shape, data } = this.#weight(`${name}/${of}`);
      return graph.constant(`${name}/${of}`, shape, data);
    };
    if (layer.scale) y = graph.add("MUL", [y, vector("gamma")], outputShape);
    if (layer.center) y = graph.add("ADD", [y, vector("beta")], outputShape);
    return y;
  }

  #residual({ inner, projection, outputShape }: LayerDescription, x: number): number {
    this.#shared.add(x);
    const y = inner.reduce((value, layer) => this.#layer(layer, value), x);
    const kept = projection === undefined ? x : this.#layer(projection, x);
    const shortcut = this.#graph.reshape(kept, outputShape);
    return this.#graph.add("ADD", [y, shortcut], outputShape, { activation: "none" });
  }

  #relu(layer: Extract<Layer, { class_name: "ReLU" }>, x: number): number {
    const graph = this.#graph;
    if (layer.max_value === undefined) return this.#activate("relu", x);
    if (layer.max_value === 6) return this.#activate("relu6", x);
    const relu = this.#activate("relu", x);
    return graph.add("MINIMUM", [relu, graph.scalar(layer.max_value)], graph.shapeOf(x));
  }

  #activate(activation: Parameters<typeof addLiteActivation>[1], x: number): number {
    const isFusible = activation === "relu" || activation === "relu6";
    const made = isFusible
      ? this.#lastOperator(x, ["FULLY_CONNECTED", "CONV_2D", "ADD"])
      : undefined;
    if (made === undefined) return addLiteActivation(this.#graph, activation, x);
    const fused: FusedActivation = activation === "relu" ? "relu" : "relu6";
    this.#graph.operators[this.#graph.operators.length - 1] = {
      ...made,
      options: { ...made.options, activation: fused },
    };
    return x;
  }

  /** The operation added last, if it made `x`, is of such a kind, and may still be changed. */
  #lastOperator(x: number, kinds: readonly LiteOp[]): LiteOperator | undefined {
    const last = this.#graph.operators.at(-1);
    if (last === undefined || last.output !== x || this.#shared.has(x)) return undefined;
    const { activation = "none" } = last.options;
    return kinds.includes(last.op) && activation === "none" ? last : undefined;
  }

  #weight(name: string): Tensor {
    return weightOf(this.#trained, name);
  }
}

/** [rows, columns] as [columns, rows]. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number;
  return turned;
}
