import type { ModelDescription } from "../../model/describeModel.js";
import type { LayerDescription } from "../../model/layerDescription.js";
import type { Value } from "../opGraph.js";
import { addActivation, cappedRelu, elu, leakyRelu } from "./activations.js";
import { addDense } from "./dense.js";
import { addConv2D, addGlobalPooling, addPooling } from "./images.js";
import type { NetworkContext } from "./networkContext.js";
import { addBatchNormalization, addLayerNormalization } from "./normalization.js";
import { addDropout, addGaussianNoise } from "./random.js";
import { reshape, type Signal, toFlat, toImages } from "./signal.js";

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
