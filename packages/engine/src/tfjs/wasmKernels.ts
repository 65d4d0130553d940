import type { NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { placeWindows, type Windows } from "./placeWindows.js";
import type { TensorFlow } from "./tensorFlow.js";

/**
 * The wasm backend (4.22) has no kernel for a convolution's weight gradient, its gradient of max
 * pooling is wrong, and its sign of numbers within about 1e-7 of 0 is 0, which stops Lion's weights.
 * All three are composed of its other kernels here.
 */
export function registerWasmKernels(tf: TensorFlow): void {
  register(tf, "Sign", ({ x }) =>
    tf.sub(tf.cast(tf.greater(x, 0), "float32"), tf.cast(tf.less(x, 0), "float32")),
  );
  register(tf, "Conv2DBackpropFilter", ({ x, dy }, attrs) => {
    const { filterShape } = attrs as unknown as { filterShape: Shape4D };
    const size = [filterShape[0], filterShape[1]] as const;
    return filterGradient(tf, x, dy, filterShape, placeWindows(x, dy, { size, ...moves(attrs) }));
  });
  register(tf, "MaxPoolGrad", ({ dy, input, output }, attrs) => {
    const { filterSize } = attrs as unknown as { filterSize: Sides };
    const windows = placeWindows(input, output, { size: pair(filterSize), ...moves(attrs) });
    return maxPoolGradient(tf, input, output, dy, windows);
  });
}

type Shape4D = [number, number, number, number];
type Inputs = Readonly<Record<"x" | "dy" | "input" | "output", Tensor4D>>;

/** Kernels get the tensors that the operation got; what they compute is on no tape. */
function register(
  tf: TensorFlow,
  kernelName: string,
  compute: (inputs: Inputs, attrs: NamedAttrMap) => Tensor,
): void {
  if (tf.getKernel(kernelName, "wasm") !== undefined) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => compute(inputs as unknown as Inputs, attrs ?? {})),
  });
}

type Sides = number | [number, number];
const pair = (sides: Sides): [number, number] =>
  typeof sides === "number" ? [sides, sides] : sides;

const moves = (attrs: NamedAttrMap) => {
  const { strides, pad } = attrs as unknown as { strides: Sides; pad: unknown };
  return { strides: pair(strides), padding: pad === "same" ? "same" : "valid" } as const;
};

/** For each cell of the kernel, the inputs that it meets [B·h·w, C], transposed, times dy [B·h·w, F]. */
function filterGradient(
  tf: TensorFlow,
  x: Tensor4D,
  dy: Tensor4D,
  shape: Shape4D,
  windows: Windows,
): Tensor {
  const [, , channels, filters] = shape;
  const flatDy = tf.reshape(dy, [-1, filters]);
  const padded = tf.pad(x, windows.pads);
  const cells = windows.cells.map((cell) => {
    const met = tf.reshape(cellInputs(tf, padded, windows, cell), [-1, channels]);
    return tf.matMul(met, flatDy, true, false);
  });
  return tf.reshape(tf.stack(cells), shape);
}

/** Each output's gradient goes to the first of its window's inputs that equals it, as in TensorFlow. */
function maxPoolGradient(
  tf: TensorFlow,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
  windows: Windows,
): Tensor {
  const padded = tf.pad(x, windows.pads, Number.NEGATIVE_INFINITY) as Tensor4D;
  let open: Tensor = tf.onesLike(y);
  const parts = windows.cells.map((cell) => {
    const equal = tf.cast(tf.equal(cellInputs(tf, padded, windows, cell), y), "float32");
    const chosen = tf.mul(equal, open);
    open = tf.sub(open, chosen);
    return spread(tf, tf.mul(dy, chosen) as Tensor4D, padded.shape, windows, cell);
  });
  const [top, left] = [windows.pads[1][0], windows.pads[2][0]];
  return tf.slice(tf.addN(parts), [0, top, left, 0], x.shape);
}

/** What every window's `cell` meets, [B, h, w, C]. */
function cellInputs(
  tf: TensorFlow,
  padded: Tensor,
  { strides, output }: Windows,
  [down, across]: readonly [number, number],
): Tensor {
  const [batch = 0, , , channels = 0] = padded.shape;
  const end = [
    batch,
    down + (output[0] - 1) * strides[0] + 1,
    across + (output[1] - 1) * strides[1] + 1,
    channels,
  ];
  return tf.stridedSlice(padded, [0, down, across, 0], end, [1, ...strides, 1]);
}

/** The inverse of `cellInputs`: every value back at its input, zeros elsewhere. */
function spread(
  tf: TensorFlow,
  values: Tensor4D,
  shape: readonly number[],
  { strides, output }: Windows,
  [down, across]: readonly [number, number],
): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const [h, w] = output;
  const apart = tf.pad(tf.reshape(values, [batch, h, 1, w, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, strides[0] - 1],
    [0, 0],
    [0, strides[1] - 1],
    [0, 0],
  ]);
  // After the last window come no more zeros than there is room for.
  const rows = Math.min(h * strides[0], height - down);
  const columns = Math.min(w * strides[1], width - across);
  const whole = tf.reshape(apart, [batch, h * strides[0], w * strides[1], channels]);
  const cut = tf.slice(whole, [0, 0, 0, 0], [batch, rows, columns, channels]);
  return tf.pad(cut, [
    [0, 0],
    [down, height - down - rows],
    [across, width - across - columns],
    [0, 0],
  ]);
}
