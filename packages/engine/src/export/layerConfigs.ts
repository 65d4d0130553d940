import type { Activation } from "@sweepyard/contract";
import type { LayerDescription } from "../model/layerDescription.js";
import { isCategorical, isFromLogits } from "../model/modelTask.js";
import { windowOf } from "../model/windows.js";
import type { Tensor } from "../tensor.js";
import { describeTrained, type TrainedModel, weightOf } from "./trainedModel.js";

/** Keras 3 or the Keras 2 that tfjs-layers follows; they write a few fields otherwise. */
export type ConfigDialect = "keras3" | "tfjs";

/** A layer as a functional model's configuration lists it. */
export interface LayerConfig {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers it reads; of the input layer: none. */
  readonly inputs: readonly string[];
  /** In Keras' order. */
  readonly weights: readonly { readonly name: string; readonly tensor: Tensor }[];
}

/**
 * The trained model as a functional Keras model: one layer of Keras for each of the plan's, by its
 * name, and those that the plan leaves unsaid: the channel of greyscale images, the scaling of
 * inputs, shortcuts, and the softmax or sigmoid of a loss from logits. Layers without work at
 * prediction stay, so that the model can be trained on.
 */
export function layerConfigs(trained: TrainedModel, dialect: ConfigDialect): LayerConfig[] {
  return new ConfigWriter(trained, dialect).write();
}

class ConfigWriter {
  readonly #trained: TrainedModel;
  readonly #dialect: ConfigDialect;
  readonly #layers: LayerConfig[] = [];
  readonly #taken = new Set<string>();

  constructor(trained: TrainedModel, dialect: ConfigDialect) {
    this.#trained = trained;
    this.#dialect = dialect;
  }

  write(): LayerConfig[] {
    const { inputShape, layers } = describeTrained(this.#trained);
    for (const { name, inner, projection } of layers)
      for (const one of [name, ...inner.map((layer) => layer.name), projection?.name ?? name])
        this.#taken.add(one);
    const batched = [null, ...inputShape];
    const name = this.#free(inputShape.length > 1 ? "image" : "features");
    const shape = this.#dialect === "keras3" ? "batch_shape" : "batch_input_shape";
    this.#layers.push({
      className: "InputLayer",
      name,
      config: { [shape]: batched, dtype: "float32", sparse: false, name },
      inputs: [],
      weights: [],
    });
    let at = { name: this.#scaled(name, inputShape), shape: inputShape };
    for (const layer of layers)
      at = { name: this.#layer(layer, at.name, at.shape), shape: layer.outputShape };
    this.#probabilities(at.name);
    return this.#layers;
  }

  /** x·scale + offset: a number of each is Rescaling; vectors are what BatchNormalization computes. */
  #scaled(x: string, shape: readonly number[]): string {
    const { scaling } = this.#trained;
    if (scaling === undefined) return x;
    const { scale, offset } = scaling;
    const name = this.#free("input_scaling");
    if (scale.length === 1)
      return this.#add("Rescaling", name, { scale: scale[0], offset: offset[0] }, [x]);
    const channels = [shape.at(-1) ?? scale.length];
    const vector = (of: string, data: Float32Array) => ({
      name: `${name}/${of}`,
      tensor: { shape: channels, data },
    });
    return this.#add(
      "BatchNormalization",
      name,
      { axis: -1, momentum: 1, epsilon: 0, center: true, scale: true, trainable: false },
      [x],
      [
        vector("gamma", scale),
        vector("beta", offset),
        vector("moving_mean", new Float32Array(scale.length)),
        vector("moving_variance", new Float32Array(scale.length).fill(1)),
      ],
    );
  }

  #probabilities(outputs: string): void {
    const { loss } = this.#trained.plan;
    if (!isFromLogits(loss)) return;
    const activation = isCategorical(loss) ? "softmax" : "sigmoid";
    this.#add("Activation", this.#free("probabilities"), { activation }, [outputs]);
  }

  #layer(described: LayerDescription, given: string, givenShape: readonly number[]): string {
    const { name, layer, inputShape } = described;
    const x = this.#reshaped(`${name}_input`, given, givenShape, inputShape);
    if (layer.class_name === "Residual") return this.#residual(described, x);
    if (layer.class_name === "ELU" && layer.alpha !== 1 && this.#dialect === "tfjs")
      return this.#elu(name, layer.alpha, x);
    const weights = described.weights.map((weight) => ({
      name: weight.name,
      tensor: weightOf(this.#trained, weight.name),
    }));
    const { className, config } = this.#config(described);
    const activation = "activation" in layer ? layer.activation : "linear";
    if (this.#isByName(activation)) return this.#add(className, name, config, [x], weights);
    if (layer.class_name === "Activation") return this.#activated(activation, name, x);
    const y = this.#add(className, name, { ...config, activation: "linear" }, [x], weights);
    return this.#activated(activation, this.#free(`${name}_${activation}`), y);
  }

  #isByName(activation: Activation): boolean {
    if (activation === "gelu_new") return false;
    return activation !== "leaky_relu" || this.#dialect === "keras3";
  }

  /** An activation that its name does not stand for, by other layers. */
  #activated(activation: Activation, name: string, z: string): string {
    if (activation === "leaky_relu") return this.#add("LeakyReLU", name, { alpha: 0.2 }, [z]);
    // gelu by tanh: z · (½·tanh(√(2/π)·z·(1 + 0.044715·z²)) + ½)
    const step = (className: string, config: Record<string, unknown>, ...inputs: string[]) =>
      this.#step(name, className, config, ...inputs);
    // tfjs frees what a layer reads twice at once, so the square is of a copy.
    const squared = step("Multiply", {}, z, step("Rescaling", { scale: 1, offset: 0 }, z));
    const bent = step("Rescaling", { scale: 0.044715, offset: 1 }, squared);
    const product = step("Multiply", {}, z, bent);
    const inner = step("Rescaling", { scale: Math.sqrt(2 / Math.PI), offset: 0 }, product);
    const tanh = step("Activation", { activation: "tanh" }, inner);
    const share = step("Rescaling", { scale: 0.5, offset: 0.5 }, tanh);
    return this.#add("Multiply", name, {}, [z, share]);
  }

  /** tfjs' ELU has alpha 1 alone; alpha·elu(x) + (1 − alpha)·relu(x) is any other. */
  #elu(name: string, alpha: number, x: string): string {
    const step = (className: string, config: Record<string, unknown>, input: string) =>
      this.#step(name, className, config, input);
    const bent = step("Rescaling", { scale: alpha, offset: 0 }, step("ELU", { alpha: 1 }, x));
    const straight = step("Rescaling", { scale: 1 - alpha, offset: 0 }, step("ReLU", {}, x));
    return this.#add("Add", name, {}, [bent, straight]);
  }

  /** A layer on the way to the one named `name`. */
  #step(
    name: string,
    className: string,
    config: Readonly<Record<string, unknown>>,
    ...inputs: string[]
  ): string {
    return this.#add(className, this.#free(`${name}_step`), config, inputs);
  }

  /** A name that no layer of the plan has, nor one that was added. */
  #free(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.#taken.has(name); count++) name = `${wanted}_${count}`;
    this.#taken.add(name);
    return name;
  }

  #residual({ name, inner, projection, ...described }: LayerDescription, x: string): string {
    let at = { name: x, shape: described.inputShape };
    for (const layer of inner)
      at = { name: this.#layer(layer, at.name, at.shape), shape: layer.outputShape };
    const from = described.inputShape;
    const shortcut =
      projection === undefined
        ? this.#reshaped(`${name}_shortcut`, x, from, described.outputShape)
        : this.#layer(projection, x, from);
    return this.#add("Add", name, {}, [at.name, shortcut]);
  }

  #reshaped(name: string, x: string, from: readonly number[], to: readonly number[]): string {
    return from.join() === to.join()
      ? x
      : this.#add("Reshape", this.#free(name), { target_shape: to }, [x]);
  }

  #config({ layer, outputShape }: LayerDescription): {
    className: string;
    config: Record<string, unknown>;
  } {
    const isKeras3 = this.#dialect === "keras3";
    const className = layer.class_name;
    switch (layer.class_name) {
      case "Dense":
        return {
          className,
          config: {
            units: layer.units,
            activation: this.#activation(layer.activation),
            use_bias: layer.use_bias,
          },
        };
      case "Conv2D": {
        const { size, strides, padding } = windowOf(layer);
        return {
          className,
          config: {
            filters: layer.filters,
            kernel_size: size,
            strides,
            padding,
            data_format: "channels_last",
            dilation_rate: [1, 1],
            activation: this.#activation(layer.activation),
            use_bias: layer.use_bias,
          },
        };
      }
      case "MaxPooling2D":
      case "AveragePooling2D": {
        const { size, strides, padding } = windowOf(layer);
        return {
          className,
          config: { pool_size: size, strides, padding, data_format: "channels_last" },
        };
      }
      case "GlobalMaxPooling2D":
      case "GlobalAveragePooling2D":
        return { className, config: { data_format: "channels_last" } };
      case "Flatten":
        // tfjs' Flatten refuses rows that are flat already.
        return isKeras3
          ? { className, config: { data_format: "channels_last" } }
          : { className: "Reshape", config: { target_shape: outputShape } };
      case "Reshape":
        return { className, config: { target_shape: layer.target_shape } };
      case "Activation":
        return { className, config: { activation: this.#activation(layer.activation) } };
      case "Softmax":
        return { className, config: { axis: -1 } };
      case "ReLU":
        return { className, config: { max_value: layer.max_value ?? null } };
      case "LeakyReLU":
        return isKeras3
          ? { className, config: { negative_slope: layer.negative_slope } }
          : { className, config: { alpha: layer.negative_slope } };
      case "ELU":
        return { className, config: { alpha: layer.alpha } };
      case "Dropout":
        return { className, config: { rate: layer.rate } };
      case "GaussianNoise":
        return { className, config: { stddev: layer.stddev } };
      case "BatchNormalization":
        return {
          className,
          config: {
            axis: -1,
            momentum: layer.momentum,
            epsilon: layer.epsilon,
            center: layer.center,
            scale: layer.scale,
          },
        };
      case "LayerNormalization":
        return {
          className,
          config: {
            axis: isKeras3 ? -1 : [-1],
            epsilon: layer.epsilon,
            center: layer.center,
            scale: layer.scale,
          },
        };
      case "Residual":
        throw new TypeError("a Residual is written by its layers");
    }
  }

  #activation(activation: Activation): string {
    return activation === "silu" && this.#dialect === "tfjs" ? "swish" : activation;
  }

  #add(
    className: string,
    name: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly string[],
    weights: LayerConfig["weights"] = [],
  ): string {
    const fields = { name, trainable: true, dtype: "float32", ...config };
    this.#layers.push({ className, name, config: fields, inputs, weights });
    return name;
  }
}
