import type { Conv2DLayer, Layer } from "@sweepyard/contract";
import type { LayerDescription } from "../../model/layerDescription.js";
import { paddingOf, type WindowLayer, windowOf } from "../../model/windows.js";
import type { Attribute, OpGraph, Value } from "../opGraph.js";
import { addActivation } from "./activations.js";
import type { NetworkContext } from "./networkContext.js";
import { type Signal, toImages } from "./signal.js";

type Kind<Name extends Layer["class_name"]> = LayerDescription<
  Extract<Layer, { class_name: Name }>
>;

/** The kernel's value is [filters, channels, height, width]. */
export function addConv2D(
  { graph, weight }: NetworkContext,
  { name, layer, inputShape, outputShape }: LayerDescription<Conv2DLayer>,
  signal: Signal,
): Signal {
  const x = imagesFor(graph, signal, inputShape);
  const inputs = [x, weight(`${name}/kernel`)];
  if (layer.use_bias) inputs.push(graph.spread(weight(`${name}/bias`), [0, 2, 3], 0));
  const value = graph.add("Conv", inputs, windowAttributes(layer, inputShape));
  return addActivation(graph, layer.activation, { value, layout: "images", shape: outputShape });
}

export function addPooling(
  { graph, training }: NetworkContext,
  { layer, inputShape, outputShape }: Kind<"MaxPooling2D" | "AveragePooling2D">,
  signal: Signal,
): Signal {
  const x = imagesFor(graph, signal, inputShape);
  const attributes = windowAttributes(layer, inputShape);
  const output = { layout: "images", shape: outputShape } as const;
  if (layer.class_name === "AveragePooling2D") {
    return { ...output, value: graph.add("AveragePool", [x], attributes) };
  }
  // The places of the highest numbers are asked for where gradients will go to them.
  const [value = ""] = graph.addMany("MaxPool", [x], training ? 2 : 1, attributes);
  return { ...output, value };
}

export function addGlobalPooling(
  { graph }: NetworkContext,
  { layer, inputShape, outputShape }: Kind<"GlobalMaxPooling2D" | "GlobalAveragePooling2D">,
  signal: Signal,
): Signal {
  const x = toImages(graph, signal, inputShape).value;
  const op = layer.class_name === "GlobalMaxPooling2D" ? "ReduceMax" : "ReduceMean";
  const value = graph.add(op, [x, graph.integers(2, 3)], { keepdims: 0 });
  return { value, layout: "flat", shape: outputShape };
}

/** As Conv, MaxPool and AveragePool take them. */
function windowAttributes(
  layer: WindowLayer,
  inputShape: readonly number[],
): Readonly<Record<string, Attribute>> {
  const window = windowOf(layer);
  const [top, bottom] = paddingOf(window, inputShape, 0);
  const [left, right] = paddingOf(window, inputShape, 1);
  return {
    kernel_shape: window.size,
    strides: window.strides,
    pads: [top, left, bottom, right],
  };
}

/** The images that a window moves over; their gradient needs to know how large they are. */
function imagesFor(graph: OpGraph, signal: Signal, inputShape: readonly number[]): Value {
  const { value } = toImages(graph, signal, inputShape);
  const [height = 1, width = 1, channels = 1] = inputShape;
  graph.images.set(value, { channels, sides: [height, width] });
  return value;
}
