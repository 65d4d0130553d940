import type { ModelDescription } from "../../model/describeModel.js";
import type { LayerDescription } from "../../model/layerDescription.js";
import type { OpGraph, Value } from "../opGraph.js";
import { addActivation, cappedRelu, elu, leakyRelu } from "./activations.js";
import { addDense } from "./dense.js";
import { addConv2D, addGlobalPooling, addPooling } from "./images.js";
import { addBatchNormalization, addLayerNormalization } from "./normalization.js";
import { addDropout, addGaussianNoise } from "./random.js";
import { reshape, type Signal, toFlat, toImages } from "./signal.js";

/** What layers find in the graph that they are added to. */
export interface NetworkContext {
  readonly graph: OpGraph;
  /** Normalise by the batch, drop and add noise; otherwise as for predictions. */
  readonly training: boolean;
  /** The value of a weight. */
  weight(name: string): Value;
  /** Whether a Dense kernel is held as [columns, rows]. */
  isTransposed(kernel: string): boolean;
  /** A float32 number of the plan: an input of the graph, so that runs that differ in it share one. */
  scalar(name: string, value: number): Value;
  /** The same as uint32. */
  unsigned(name: string, value: number): Value;
  /** What a weight that is no parameter becomes by this step. */
  setState(name: string, value: Value): void;
  /** Absent: nothing random happens. */
  readonly random?: Randomness;
}

export interface Randomness {
  /** Multiples of `RAMP_STEP`, uint32, as many as a batch of rows of `size` has numbers. */
  ramp(size: number): Value;
  /** A uint32 scalar drawn for this step; another one at every call. */
  key(): Value;
}

/** Adds the network's forward pass; its outputs are [B, outputs]. @param input [B, inputs] */
export function addNetwork(context: NetworkContext, model: ModelDescription, input: Value): Value {
  const first: Signal = { value: input, layout: "flat", shape: model.inputShape };
  return toFlat(context.graph, addLayers(context, model.layers, first)).value;
}

const addLayers = (
  context: NetworkContext,
  layers: readonly LayerDescription[],
  input: Signal,
): Signal => layers.reduce((signal, layer) => addLayer(context, layer, signal), input);

function addLayer(context: NetworkContext, described: LayerDescription, x: Signal): Signal {
  const { graph } = context;
  const { name, layer, outputShape } = described;
  const elementwise = (value: Value): Signal => ({ ...x, value });
  switch (layer.class_name) {
    case "Flatten":
    case "Reshape":
      return x.layout === "columns" ? x : reshape(graph, x, outputShape);
    case "Dense":
      return addDense(context, { ...described, layer }, x);
    case "Conv2D":
      return addConv2D(context, { ...described, layer }, x);
    case "MaxPooling2D":
    case "AveragePooling2D":
      return addPooling(context, { ...described, layer }, x);
    case "GlobalMaxPooling2D":
    case "GlobalAveragePooling2D":
      return addGlobalPooling(context, { ...described, layer }, x);
    case "Activation":
      return addActivation(graph, layer.activation, x);
    case "Softmax":
      return addActivation(graph, "softmax", x);
    case "ReLU":
      if (layer.max_value === undefined) return addActivation(graph, "relu", x);
      return elementwise(cappedRelu(graph, x.value, layer.max_value));
    case "LeakyReLU":
      return elementwise(leakyRelu(graph, x.value, layer.negative_slope));
    case "ELU":
      return elementwise(elu(graph, x.value, layer.alpha));
    case "Dropout":
      return addDropout(context, name, layer.rate, x);
    case "GaussianNoise":
      return addGaussianNoise(context, name, layer.stddev, x);
    case "BatchNormalization":
      return addBatchNormalization(context, { ...described, layer }, x);
    case "LayerNormalization":
      return addLayerNormalization(context, { ...described, layer }, x);
    case "Residual":
      return addResidual(context, described, x);
  }
}

/** y = layers(x) + shortcut(x) */
function addResidual(context: NetworkContext, layer: LayerDescription, x: Signal): Signal {
  const { graph } = context;
  const y = addLayers(context, layer.inner, x);
  const kept = layer.projection === undefined ? x : addLayer(context, layer.projection, x);
  const shortcut =
    y.layout === "images" ? toImages(graph, kept, layer.outputShape) : toFlat(graph, kept);
  const sum = y.layout === "columns" ? toFlat(graph, y) : y;
  return { ...sum, value: graph.add("Add", [sum.value, shortcut.value]) };
}
