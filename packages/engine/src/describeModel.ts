import {
  type Activation,
  AppError,
  type DenseLayer,
  type Initializer,
  type Layer,
  type Model,
} from "@sweepyard/contract";
import { sizeOf } from "./tensor.js";

export interface LayerDescription {
  readonly name: string;
  readonly className: Layer["class_name"];
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  readonly params: number;
}

export interface DenseDescription extends LayerDescription {
  readonly className: "Dense";
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
}

export interface ModelDescription {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerDescription[];
  /** The layers that compute, in order; the last one's outputs are the classes. */
  readonly dense: readonly DenseDescription[];
  readonly params: number;
}

/**
 * The model's layers with their names, shapes and parameter counts, as Keras' summary() has them.
 * @throws {AppError} `shape_mismatch`, naming the layer, where the model cannot work on
 *   inputs of this shape with this number of classes.
 */
export function describeModel(
  model: Model,
  inputShape: readonly number[],
  classes: number,
): ModelDescription {
  const layers: LayerDescription[] = [];
  const dense: DenseDescription[] = [];
  const names = new Names();
  let shape = inputShape;
  for (const layer of layersOf(model, classes)) {
    const name = names.take(layer);
    if (layer.class_name === "Flatten") {
      shape = [sizeOf(shape)];
      layers.push({ name, className: "Flatten", outputShape: shape, params: 0 });
    } else if (layer.class_name !== "Dense") {
      throw new AppError(
        "invalid_request",
        `layer "${name}" (${layer.class_name}) can't be trained`,
      );
    } else {
      const described = describeDense(layer, name, shape);
      shape = described.outputShape;
      layers.push(described);
      dense.push(described);
    }
  }
  checkOutput(layers.at(-1), dense.at(-1), classes);
  const params = layers.reduce((sum, layer) => sum + layer.params, 0);
  return { inputShape, layers, dense, params };
}

function describeDense(
  layer: DenseLayer,
  name: string,
  inputShape: readonly number[],
): DenseDescription {
  const [inputs] = inputShape;
  if (inputs === undefined || inputShape.length !== 1) {
    throw new AppError(
      "shape_mismatch",
      `layer "${name}" (Dense) gets inputs of shape [${inputShape.join(", ")}] and needs one axis: ` +
        `put {"class_name": "Flatten"} before it`,
    );
  }
  const { units, activation } = layer;
  return {
    name,
    className: "Dense",
    outputShape: [units],
    params: inputs * units + (layer.use_bias ? units : 0),
    inputs,
    units,
    activation,
    useBias: layer.use_bias,
    kernelInitializer: layer.kernel_initializer,
  };
}

function checkOutput(
  last: LayerDescription | undefined,
  dense: DenseDescription | undefined,
  classes: number,
): void {
  if (last === undefined || dense === undefined || last !== dense) {
    throw new AppError(
      "shape_mismatch",
      `the last layer, "${last?.name ?? "none"}", is no Dense: ` +
        `end with a Dense of ${classes} units and activation softmax`,
    );
  }
  if (dense.units !== classes) {
    throw new AppError(
      "shape_mismatch",
      `the last layer, "${dense.name}", has ${dense.units} units; the data has ${classes} classes: ` +
        `set its units to ${classes}`,
    );
  }
  if (dense.activation !== "softmax" && dense.activation !== "sigmoid") {
    throw new AppError(
      "shape_mismatch",
      `the last layer, "${dense.name}", has activation ${dense.activation}, whose outputs are no ` +
        `probabilities, which categorical_crossentropy needs: use softmax`,
    );
  }
}

function layersOf(model: Model, classes: number): readonly Layer[] {
  if ("layers" in model) return model.layers;
  if (model.template === "mlp") return mlpLayers(model, classes);
  throw new AppError("invalid_request", `template ${model.template} can't be trained`);
}

function mlpLayers(mlp: Extract<Model, { template: "mlp" }>, classes: number): Layer[] {
  const hidden = Array.from({ length: mlp.depth }, (_, index) => ({
    class_name: "Dense" as const,
    units: typeof mlp.units === "number" ? mlp.units : (mlp.units[index] as number),
    activation: mlp.activation,
    use_bias: true,
    bias_initializer: "zeros" as const,
    kernel_initializer: mlp.kernel_initializer,
  }));
  const output = {
    class_name: "Dense" as const,
    units: classes,
    activation: "softmax" as const,
    use_bias: true,
    bias_initializer: "zeros" as const,
    kernel_initializer: "glorot_uniform" as const,
  };
  return [{ class_name: "Flatten" }, ...hidden, output];
}

/** Keras' names for layers without one: dense, dense_1, dense_2… */
class Names {
  readonly #taken = new Set<string>();

  take(layer: Layer): string {
    if (layer.name !== undefined) {
      if (this.#taken.has(layer.name))
        throw new AppError("invalid_request", `two layers are named "${layer.name}"`);
      this.#taken.add(layer.name);
      return layer.name;
    }
    const base = layer.class_name.toLowerCase();
    let name = base;
    for (let count = 1; this.#taken.has(name); count++) name = `${base}_${count}`;
    this.#taken.add(name);
    return name;
  }
}
