import type { ImageSize, OpGraph, OpNode, Value } from "../opGraph.js";
import { at, type Rule, summed } from "./rule.js";

interface WindowAttributes {
  readonly kernel_shape: readonly [number, number];
  readonly strides: readonly [number, number];
  /** [top, left, bottom, right] */
  readonly pads: readonly [number, number, number, number];
}

/** Operations that move a window over images [B, C, H, W], of which the graph knows H and W. */
export const IMAGE_RULES: Readonly<Record<string, Rule>> = {
  /** y = x ∗ w + b; w [filters, channels, height, width] */
  Conv(node, [d = ""], { graph, give }) {
    const [x, w, b] = [at(node.inputs, 0), at(node.inputs, 1), node.inputs[2]];
    give(w, () => kernelGradient(graph, node, d));
    if (b !== undefined) give(b, () => summed(graph, d, b));
    give(x, () => graph.add("ConvTranspose", [d, w], transposedAttributes(graph, node)));
  },

  /** The highest number of a window gets its gradient; it is the first of equal ones. */
  MaxPool({ inputs, outputs, attributes }, [d = ""], { graph, give }) {
    const [x, places] = [at(inputs, 0), at(outputs, 1)];
    const { kernel_shape, strides } = attributes as unknown as WindowAttributes;
    give(x, () => {
      const shape = graph.add("Shape", [x]);
      const areApart = strides.every((stride, axis) => stride >= (kernel_shape[axis] ?? 0));
      if (areApart) return graph.add("MaxUnpool", [d, places, shape], attributes);
      const flat = (value: Value) => graph.add("Reshape", [value, graph.integers(-1)]);
      const size = graph.add("Reshape", [graph.add("Size", [x]), graph.integers(1)]);
      const zeros = graph.add("ConstantOfShape", [size]);
      const scattered = graph.add("ScatterElements", [zeros, flat(places), flat(d)], {
        axis: 0,
        reduction: "add",
      });
      return graph.add("Reshape", [scattered, shape]);
    });
  },

  /** Each number of a window gets the window's gradient divided by the window's existing cells. */
  AveragePool(node, [d = ""], { graph, give }) {
    const x = at(node.inputs, 0);
    give(x, () => {
      const { kernel_shape } = node.attributes as unknown as WindowAttributes;
      const [height, width] = kernel_shape;
      const single = (value: Value) => {
        const sides = graph.add("Shape", [value], { start: 2 });
        const shape = graph.add("Concat", [graph.integers(-1, 1), sides], { axis: 0 });
        return graph.add("Reshape", [value, shape]);
      };
      const ones = graph.constant(
        `ones_${height}_${width}`,
        [1, 1, height, width],
        new Float32Array(height * width).fill(1),
      );
      const shares = graph.add("Div", [single(d), existingCells(graph, node)]);
      const attributes = transposedAttributes(graph, node);
      const whole = graph.add("ConvTranspose", [shares, ones], attributes);
      return graph.add("Reshape", [whole, graph.add("Shape", [x])]);
    });
  },
};

/** As attributes of the ConvTranspose that takes outputs of a window back to its inputs. */
function transposedAttributes(graph: OpGraph, { inputs, attributes }: OpNode) {
  const { kernel_shape, strides, pads } = attributes as unknown as WindowAttributes;
  const { sides } = imagesOf(graph, at(inputs, 0));
  // Rows and columns at the end that no window reaches.
  const output_padding = ([0, 1] as const).map(
    (axis) => (paddedSide(sides, pads, axis) - kernel_shape[axis]) % strides[axis],
  );
  return { kernel_shape, strides, pads, output_padding };
}

/** How many cells of each window are inside the image: [1, 1, height, width]. */
function existingCells(graph: OpGraph, { inputs, attributes }: OpNode): Value {
  const { kernel_shape, strides, pads } = attributes as unknown as WindowAttributes;
  const { sides } = imagesOf(graph, at(inputs, 0));
  const outputs = outputSides(graph, at(inputs, 0), attributes as unknown as WindowAttributes);
  const counts = ([0, 1] as const).map((axis) =>
    Array.from({ length: outputs[axis] }, (_, output) => {
      const start = output * strides[axis] - pads[axis];
      return Math.min(start + kernel_shape[axis], sides[axis]) - Math.max(start, 0);
    }),
  );
  const [rows = [], columns = []] = counts;
  const cells = rows.flatMap((row) => columns.map((column) => row * column));
  const name = ["cells", ...sides, ...kernel_shape, ...strides, ...pads].join("_");
  return graph.constant(name, [1, 1, rows.length, columns.length], Float32Array.from(cells));
}

/** Channels up to which all cells of the window go into one product. */
const FEW_CHANNELS = 4;

/**
 * dw[f, c, i, j] = Σ over rows and places of d[f] · x[c] moved by (i, j): a matrix product for each
 * cell of the window. Measured: docs/decisions/convolution.md
 */
function kernelGradient(graph: OpGraph, { inputs, attributes }: OpNode, d: Value): Value {
  const x = at(inputs, 0);
  const { kernel_shape, strides, pads } = attributes as unknown as WindowAttributes;
  const [top, left, bottom, right] = pads;
  const [rows, columns] = outputSides(graph, x, attributes as unknown as WindowAttributes);
  const channelsFirst = (value: Value) => graph.add("Transpose", [value], { perm: [1, 0, 2, 3] });
  const matrix = (value: Value) => graph.add("Reshape", [value, graph.integers(0, -1)]);
  const padded = pads.some((pad) => pad > 0)
    ? graph.add("Pad", [x, graph.integers(0, 0, top, left, 0, 0, bottom, right)])
    : x;
  const source = channelsFirst(padded);
  const gradient = matrix(channelsFirst(d));
  const slice = (value: Value, axis: 2 | 3, start: number, count: number) => {
    const stride = strides[axis - 2] as number;
    const end = start + (count - 1) * stride + 1;
    const bounds = [graph.integers(start), graph.integers(end)];
    return graph.add("Slice", [value, ...bounds, graph.integers(axis), graph.integers(stride)]);
  };
  // Columns are cut once for all rows: what is left to cut then lies in long stretches.
  const cut = Array.from({ length: kernel_shape[1] }, (_, j) => slice(source, 3, j, columns));
  const moved = Array.from({ length: kernel_shape[0] }, (_, i) =>
    cut.map((value) => matrix(slice(value, 2, i, rows))),
  ).flat();
  const product = (cells: Value) => graph.add("Gemm", [gradient, cells], { transB: 1 });
  const { channels } = imagesOf(graph, x);
  const products =
    channels <= FEW_CHANNELS
      ? product(graph.add("Concat", moved, { axis: 0 }))
      : graph.add("Concat", moved.map(product), { axis: 1 });
  const cells = graph.add("Reshape", [products, graph.integers(0, ...kernel_shape, -1)]);
  return graph.add("Transpose", [cells], { perm: [0, 3, 1, 2] });
}

function outputSides(graph: OpGraph, x: Value, attributes: WindowAttributes): [number, number] {
  const { kernel_shape, strides, pads } = attributes;
  const { sides } = imagesOf(graph, x);
  const side = (axis: 0 | 1) =>
    Math.floor((paddedSide(sides, pads, axis) - kernel_shape[axis]) / strides[axis]) + 1;
  return [side(0), side(1)];
}

const paddedSide = (sides: ImageSize["sides"], pads: WindowAttributes["pads"], axis: 0 | 1) =>
  sides[axis] + pads[axis] + pads[axis === 0 ? 2 : 3];

function imagesOf(graph: OpGraph, x: Value): ImageSize {
  const size = graph.images.get(x);
  if (size === undefined) throw new Error(`nobody said how large the images ${x} are`);
  return size;
}
