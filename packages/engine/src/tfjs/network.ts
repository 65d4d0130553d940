import type { Activation, Regularizer } from "@sweepyard/contract";
import type { LayersModel, layers, SymbolicTensor, Tensor, Variable } from "@tensorflow/tfjs";
import type { ModelDescription } from "../model/describeModel.js";
import type { LayerDescription, WeightDescription } from "../model/layerDescription.js";
import type { Tensors } from "../tensor.js";
import { activations } from "./activations.js";
import { createLayer, createPadding } from "./createLayer.js";
import { functionLayer } from "./functionLayer.js";
import type { LayerNoise } from "./layerNoise.js";
import { absolute, type ModelOutput } from "./losses.js";
import type { TensorFlow } from "./tensorFlow.js";

interface NetworkWeight {
  readonly description: WeightDescription;
  readonly variable: Variable;
}

type TfLayer = layers.Layer;

/** A model of tfjs-layers, with layers of our own where it has none or other ones than Keras. */
export class Network {
  readonly #tf: TensorFlow;
  readonly #noise: LayerNoise;
  readonly #model: LayersModel;
  readonly #weights: NetworkWeight[] = [];
  /** Those that training moves, in the model's order. */
  readonly trainable: readonly NetworkWeight[];
  /** Of the last layer, taken apart from it: losses want the logits. */
  readonly #activation: Activation;

  constructor(tf: TensorFlow, model: ModelDescription, noise: LayerNoise) {
    this.#tf = tf;
    this.#noise = noise;
    const input = tf.input({ shape: [...model.inputShape], name: "0/input" });
    let x: SymbolicTensor = input;
    const last = model.layers.at(-1);
    for (const layer of model.layers) x = this.#apply(layer, x, layer === last);
    this.#activation = lastActivation(last);
    this.#model = tf.model({ inputs: input, outputs: x });
    this.trainable = this.#weights.filter(({ description }) => description.trainable);
  }

  /** In training mode moving statistics move. Called inside a tidy. */
  forward(x: Tensor, training: boolean): ModelOutput {
    const logits = this.#model.apply(x, { training }) as Tensor;
    const activation = this.#activation;
    return { logits, outputs: activations(this.#tf)[activation](logits), activation };
  }

  /** Σ of the layers' penalties; undefined where no weight has one. Called inside a tidy. */
  penalty(): Tensor | undefined {
    const penalties = this.#weights.flatMap(({ description: { regularizer }, variable }) =>
      regularizer === undefined ? [] : [this.#penaltyOf(variable, regularizer)],
    );
    return penalties.length === 0 ? undefined : this.#tf.addN(penalties);
  }

  weights(): Tensors {
    return new Map(
      this.#weights.map(({ description: { name, shape }, variable }) => [
        name,
        { shape, data: new Float32Array(variable.dataSync()) },
      ]),
    );
  }

  setWeights(weights: Tensors): void {
    for (const { description, variable } of this.#weights) {
      const tensor = weights.get(description.name);
      if (tensor === undefined) throw new Error(`weight ${description.name} is missing`);
      this.#tf.tidy(() =>
        variable.assign(this.#tf.tensor(tensor.data.slice(), [...description.shape])),
      );
    }
  }

  dispose(): void {
    this.#model.dispose();
  }

  #penaltyOf(weight: Variable, regularizer: Regularizer): Tensor {
    const tf = this.#tf;
    const { l1 = 0, l2 = 0 } = regularizer as { l1?: number; l2?: number };
    const parts = [
      ...(l1 > 0 ? [tf.mul(tf.sum(absolute(tf, weight)), l1)] : []),
      ...(l2 > 0 ? [tf.mul(tf.sum(tf.square(weight)), l2)] : []),
    ];
    return parts.length === 0 ? tf.scalar(0) : tf.addN(parts);
  }

  #apply(described: LayerDescription, given: SymbolicTensor, isLast = false): SymbolicTensor {
    const { name, layer } = described;
    const x = this.#reshape(`${name}/input`, given, described.inputShape);
    if (layer.class_name === "Residual") {
      const branch = described.inner.reduce((at, inner) => this.#apply(inner, at), x);
      const { projection } = described;
      const shortcut = projection === undefined ? x : this.#apply(projection, x);
      return this.#tf.layers.add({ name }).apply([branch, shortcut]) as SymbolicTensor;
    }
    const isActivation = layer.class_name === "Activation" || layer.class_name === "Softmax";
    if (isLast && isActivation) return x;
    const made = createLayer(this.#tf, described, this.#noise);
    const padding = createPadding(this.#tf, described);
    const padded = padding === undefined ? x : (padding.apply(x) as SymbolicTensor);
    const y = made.apply(padded) as SymbolicTensor;
    this.#keepWeights(described, made);
    if (isLast || isActivation || !("activation" in layer) || layer.activation === "linear")
      return y;
    const activate = activations(this.#tf)[layer.activation];
    const { outputShape } = described;
    return functionLayer(this.#tf, `${name}/${layer.activation}`, outputShape, activate).apply(
      y,
    ) as SymbolicTensor;
  }

  #reshape(name: string, x: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
    if (x.shape.slice(1).join() === shape.join()) return x;
    const reshape = this.#tf.layers.reshape({ name, targetShape: [...shape] });
    return reshape.apply(x) as SymbolicTensor;
  }

  #keepWeights({ name, weights }: LayerDescription, made: TfLayer): void {
    for (const description of weights) {
      const own = description.name.slice(name.length + 1);
      const weight = made.weights.find(({ originalName }) => originalName.endsWith(`/${own}`));
      if (weight === undefined) throw new Error(`tfjs-layers has no weight ${description.name}`);
      this.#weights.push({ description, variable: weight.read() as Variable });
    }
  }
}

function lastActivation(last: LayerDescription | undefined): Activation {
  if (last?.layer.class_name === "Softmax") return "softmax";
  return last !== undefined && "activation" in last.layer ? last.layer.activation : "linear";
}
