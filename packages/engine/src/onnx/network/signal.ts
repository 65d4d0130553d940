import { sizeOf } from "../../tensor.js";
import type { OpGraph, Value } from "../opGraph.js";

/**
 * What goes from layer to layer. Between layers that compute on images the channels stand before
 * height and width, as onnxruntime's operations want them; the numbers of a flat row are in the
 * plan's order, channels last, whatever the shape that they stand for.
 */
export interface Signal {
  readonly value: Value;
  /** flat: [B, size]; columns: [size, B]; images: [B, C, H, W]. */
  readonly layout: "flat" | "columns" | "images";
  /** As the plan has it: without the batch axis, channels last. */
  readonly shape: readonly number[];
}

export function toFlat(graph: OpGraph, { value, layout, shape }: Signal): Signal {
  const size = sizeOf(shape);
  switch (layout) {
    case "flat":
      return { value, layout, shape };
    case "columns":
      return { value: graph.add("Transpose", [value], { perm: [1, 0] }), layout: "flat", shape };
    case "images": {
      const [height = 1, width = 1, channels = 1] = shape;
      const isInOrder = channels === 1 || height * width === 1;
      const last = isInOrder ? value : graph.add("Transpose", [value], { perm: [0, 2, 3, 1] });
      return {
        value: graph.add("Reshape", [last, graph.integers(-1, size)]),
        layout: "flat",
        shape,
      };
    }
  }
}

/** @param imageShape [height, width, channels]: greyscale images may lack their channel so far. */
export function toImages(graph: OpGraph, signal: Signal, imageShape: readonly number[]): Signal {
  if (signal.layout === "images") return signal;
  const { value } = toFlat(graph, signal);
  const [height = 1, width = 1, channels = 1] = imageShape;
  const image = { layout: "images", shape: imageShape } as const;
  if (channels === 1) {
    const shape = graph.integers(-1, 1, height, width);
    return { ...image, value: graph.add("Reshape", [value, shape]) };
  }
  const channelsLast = graph.add("Reshape", [value, graph.integers(-1, height, width, channels)]);
  return { ...image, value: graph.add("Transpose", [channelsLast], { perm: [0, 3, 1, 2] }) };
}

/** The same numbers with another shape. */
export const reshape = (graph: OpGraph, signal: Signal, shape: readonly number[]): Signal => ({
  ...toFlat(graph, signal),
  shape,
});

/**
 * A view of a signal in which what belongs to one channel (one number of the last axis) lies along
 * `channel`, and its way back.
 */
export interface ChannelView {
  readonly value: Value;
  readonly channel: 0 | 1;
  /** All axes but that of the channels. */
  readonly others: readonly number[];
  /** Of a vector with a number for each channel, so that it spreads over the other axes. */
  readonly vectorShape: readonly number[];
  back(value: Value): Signal;
}

export function channelView(graph: OpGraph, signal: Signal): ChannelView {
  const { value, layout, shape } = signal;
  const channels = shape.at(-1) ?? 1;
  if (layout === "images") {
    const back = (result: Value) => ({ ...signal, value: result });
    return { value, channel: 1, others: [0, 2, 3], vectorShape: [channels, 1, 1], back };
  }
  if (layout === "columns") {
    const back = (result: Value) => ({ ...signal, value: result });
    return { value, channel: 0, others: [1], vectorShape: [channels, 1], back };
  }
  const isRow = shape.length <= 1;
  const rows = isRow ? value : graph.add("Reshape", [value, graph.integers(-1, channels)]);
  const back = (result: Value) => ({
    ...signal,
    value: isRow ? result : graph.add("Reshape", [result, graph.integers(-1, sizeOf(shape))]),
  });
  return { value: rows, channel: 1, others: [0], vectorShape: [channels], back };
}
