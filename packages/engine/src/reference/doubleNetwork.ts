import type { Activation, Layer } from "@sweepyard/contract";
import type { ModelDescription } from "../model/describeModel.js";
import type { LayerDescription } from "../model/layerDescription.js";
import { paddingOf, type WindowLayer, windowOf } from "../model/windows.js";

export type Doubles = ReadonlyMap<string, Float64Array>;

/** Numbers of all rows, one after the other; each row has `shape`, channels last. */
interface Batch {
  readonly count: number;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/**
 * The forward pass in training mode, layer by layer from the formulas, in double precision. Slow and
 * plain on purpose: what engines are checked against. Random layers do nothing here.
 * @param x [count, ...inputShape]
 * @returns [count, outputs]
 */
export function doubleNetwork(
  model: ModelDescription,
  weights: Doubles,
  x: Float64Array,
  count: number,
): Float64Array {
  return layersOf(model.layers, weights, { count, shape: model.inputShape, data: x }).data;
}

const layersOf = (layers: readonly LayerDescription[], weights: Doubles, x: Batch): Batch =>
  layers.reduce((batch, layer) => ({ ...layerOf(layer, weights, batch) }), x);

function layerOf(described: LayerDescription, weights: Doubles, given: Batch): Batch {
  const { name, layer, inputShape, outputShape } = described;
  const x = { ...given, shape: inputShape };
  const weight = (of: string) => weights.get(`${name}/${of}`);
  const each = (f: (z: number) => number): Batch => ({ ...x, data: x.data.map(f) });
  switch (layer.class_name) {
    case "Flatten":
    case "Reshape":
      return { ...x, shape: outputShape };
    case "Dense":
      return activated(layer.activation, dense(x, weight("kernel"), weight("bias"), outputShape));
    case "Conv2D":
      return activated(layer.activation, conv2d(layer, described, weights, x));
    case "MaxPooling2D":
    case "AveragePooling2D":
      return pooled(layer, described, x);
    case "GlobalMaxPooling2D":
    case "GlobalAveragePooling2D":
      return globallyPooled(layer, outputShape, x);
    case "Activation":
      return activated(layer.activation, x);
    case "Softmax":
      return activated("softmax", x);
    case "ReLU":
      return each((z) => Math.min(Math.max(z, 0), layer.max_value ?? Number.POSITIVE_INFINITY));
    case "LeakyReLU":
      return each((z) => (z > 0 ? z : layer.negative_slope * z));
    case "ELU":
      return each((z) => (z > 0 ? z : layer.alpha * Math.expm1(z)));
    case "Dropout":
    case "GaussianNoise":
      return x;
    case "BatchNormalization":
    case "LayerNormalization":
      return normalized(layer, x, weight("gamma"), weight("beta"));
    case "Residual": {
      const y = layersOf(described.inner, weights, x);
      const { projection } = described;
      const shortcut = projection === undefined ? x : layerOf(projection, weights, x);
      return { ...y, data: y.data.map((value, i) => value + (shortcut.data[i] as number)) };
    }
  }
}

function dense(
  x: Batch,
  kernel: Float64Array | undefined,
  bias: Float64Array | undefined,
  outputShape: readonly number[],
): Batch {
  const [inputs = 0] = x.shape;
  const [units = 0] = outputShape;
  const data = new Float64Array(x.count * units);
  for (let row = 0; row < x.count; row++)
    for (let unit = 0; unit < units; unit++) {
      let sum = bias?.[unit] ?? 0;
      for (let input = 0; input < inputs; input++)
        sum += at(x.data, row * inputs + input) * at(kernel, input * units + unit);
      data[row * units + unit] = sum;
    }
  return { count: x.count, shape: outputShape, data };
}

/** Calls `visit` for each cell of each window that lies inside the image. */
function eachWindow(
  layer: WindowLayer,
  { inputShape, outputShape }: LayerDescription,
  visit: (output: number, input: number, cell: number) => void,
): void {
  const window = windowOf(layer);
  const [height = 0, width = 0] = inputShape;
  const [rows = 0, columns = 0] = outputShape;
  const [top] = paddingOf(window, inputShape, 0);
  const [left] = paddingOf(window, inputShape, 1);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < window.size[0]; i++)
        for (let j = 0; j < window.size[1]; j++) {
          const y = row * window.strides[0] + i - top;
          const x = column * window.strides[1] + j - left;
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          visit(row * columns + column, y * width + x, i * window.size[1] + j);
        }
}

function conv2d(
  layer: Extract<Layer, { class_name: "Conv2D" }>,
  described: LayerDescription,
  weights: Doubles,
  x: Batch,
): Batch {
  const { name, inputShape, outputShape } = described;
  const kernel = weights.get(`${name}/kernel`);
  const bias = weights.get(`${name}/bias`);
  const [height = 0, width = 0, channels = 0] = inputShape;
  const [rows = 0, columns = 0, filters = 0] = outputShape;
  const size = rows * columns * filters;
  const data = new Float64Array(x.count * size);
  for (let i = 0; i < data.length; i++) data[i] = bias?.[i % filters] ?? 0;
  for (let row = 0; row < x.count; row++)
    eachWindow(layer, described, (output, input, cell) => {
      for (let c = 0; c < channels; c++)
        for (let f = 0; f < filters; f++) {
          const to = row * size + output * filters + f;
          const from = (row * height * width + input) * channels + c;
          data[to] =
            at(data, to) + at(x.data, from) * at(kernel, (cell * channels + c) * filters + f);
        }
    });
  return { count: x.count, shape: outputShape, data };
}

function pooled(
  layer: Extract<Layer, { class_name: "MaxPooling2D" | "AveragePooling2D" }>,
  described: LayerDescription,
  x: Batch,
): Batch {
  const [height = 0, width = 0, channels = 0] = described.inputShape;
  const [rows = 0, columns = 0] = described.outputShape;
  const isMax = layer.class_name === "MaxPooling2D";
  const size = rows * columns * channels;
  const data = new Float64Array(x.count * size).fill(isMax ? Number.NEGATIVE_INFINITY : 0);
  const cells = new Float64Array(x.count * size);
  for (let row = 0; row < x.count; row++)
    eachWindow(layer, described, (output, input) => {
      for (let c = 0; c < channels; c++) {
        const to = row * size + output * channels + c;
        const value = at(x.data, (row * height * width + input) * channels + c);
        data[to] = isMax ? Math.max(at(data, to), value) : at(data, to) + value;
        cells[to] = at(cells, to) + 1;
      }
    });
  const means = isMax ? data : data.map((sum, i) => sum / at(cells, i));
  return { count: x.count, shape: described.outputShape, data: means };
}

function globallyPooled({ class_name }: Layer, outputShape: readonly number[], x: Batch): Batch {
  const [channels = 0] = outputShape;
  const cells = x.data.length / x.count / channels;
  const data = new Float64Array(x.count * channels);
  for (let to = 0; to < data.length; to++) {
    const row = Math.floor(to / channels);
    const values = Array.from({ length: cells }, (_, cell) =>
      at(x.data, (row * cells + cell) * channels + (to % channels)),
    );
    const sum = values.reduce((total, value) => total + value, 0);
    data[to] = class_name === "GlobalMaxPooling2D" ? Math.max(...values) : sum / cells;
  }
  return { count: x.count, shape: outputShape, data };
}

/** Over all rows and cells of a channel, or over the channels of a cell. */
function normalized(
  layer: Extract<Layer, { class_name: "BatchNormalization" | "LayerNormalization" }>,
  x: Batch,
  gamma: Float64Array | undefined,
  beta: Float64Array | undefined,
): Batch {
  const channels = x.shape.at(-1) ?? 1;
  const isBatch = layer.class_name === "BatchNormalization";
  const groupOf = (i: number) => (isBatch ? i % channels : Math.floor(i / channels));
  const groups = new Map<number, number[]>();
  x.data.forEach((value, i) => {
    const group = groups.get(groupOf(i)) ?? [];
    groups.set(groupOf(i), group);
    group.push(value);
  });
  const statistics = new Map(
    [...groups].map(([group, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
      return [group, { mean, deviation: Math.sqrt(variance + layer.epsilon) }];
    }),
  );
  const data = x.data.map((value, i) => {
    const { mean = 0, deviation = 1 } = statistics.get(groupOf(i)) ?? {};
    const channel = i % channels;
    return ((value - mean) / deviation) * (gamma?.[channel] ?? 1) + (beta?.[channel] ?? 0);
  });
  return { ...x, data };
}

function activated(activation: Activation, x: Batch): Batch {
  if (activation !== "softmax") return { ...x, data: x.data.map(ACTIVATIONS[activation]) };
  const size = x.shape.at(-1) ?? 1;
  const data = new Float64Array(x.data.length);
  for (let from = 0; from < data.length; from += size) {
    const row = x.data.subarray(from, from + size);
    const highest = Math.max(...row);
    const exponents = row.map((z) => Math.exp(z - highest));
    const total = exponents.reduce((sum, value) => sum + value, 0);
    data.set(
      exponents.map((value) => value / total),
      from,
    );
  }
  return { ...x, data };
}

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

const ACTIVATIONS: Readonly<Record<Exclude<Activation, "softmax">, (z: number) => number>> = {
  linear: (z) => z,
  relu: (z) => Math.max(z, 0),
  relu6: (z) => Math.min(Math.max(z, 0), 6),
  leaky_relu: (z) => (z > 0 ? z : 0.2 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  selu: (z) => SELU.gamma * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
  gelu: (z) => (z / 2) * (1 + erf(z / Math.SQRT2)),
  gelu_new: (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  tanh: Math.tanh,
  sigmoid,
  silu: (z) => z * sigmoid(z),
  softplus: (z) => Math.log1p(Math.exp(z)),
  softsign: (z) => z / (1 + Math.abs(z)),
};

/** By its power series, which is exact enough for the small numbers of the tests. @see DLMF 7.6.2 */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const at = (values: Float64Array | undefined, index: number): number => values?.[index] as number;
