import type { InferenceSession } from "onnxruntime-node";
import { Tensor as OrtTensor } from "onnxruntime-node";
import { paddingOf } from "../../model/windows.js";
import { encodeModel, graphProto } from "../../onnx/onnxModel.js";
import { OpGraph, type Value } from "../../onnx/opGraph.js";
import { createSession } from "../../onnx/session.js";
import { sizeOf } from "../../tensor.js";
import { fromHalf } from "./half.js";
import type { LiteGraph, LiteOperator, LiteOptions, LiteTensor } from "./liteGraph.js";

/**
 * Runs a graph of TensorFlow Lite's operations by onnxruntime: an interpreter for calibration and
 * for checks of what was written, where there is none of TensorFlow's. int8 values are held as the
 * real numbers they stand for, rounded and bounded as int8 is after every operation; what differs
 * from integer arithmetic is at most the rounding of a last bit.
 */
export interface LiteRunner {
  /** @param inputs [batch, ...] @returns [batch, outputs] */
  run(inputs: Float32Array): Promise<Float32Array>;
  /** The least and greatest number of every value that is computed, by the tensor's index. */
  ranges(inputs: Float32Array): Promise<ReadonlyMap<number, readonly [number, number]>>;
  release(): Promise<void>;
}

export async function createLiteRunner(
  lite: LiteGraph,
  { threads = 1 }: { threads?: number } = {},
): Promise<LiteRunner> {
  const shape = (lite.tensors[lite.input] as LiteTensor).shape.slice(1);
  const session = await createSession(translate(lite, []), threads);
  let measuring: InferenceSession | undefined;
  const feed = (inputs: Float32Array) => ({
    input: new OrtTensor("float32", inputs, [inputs.length / sizeOf(shape), ...shape]),
  });
  const computed = [lite.input, ...lite.operators.map(({ output }) => output)];
  return {
    async run(inputs) {
      return (await session.run(feed(inputs))).output?.data as Float32Array;
    },
    async ranges(inputs) {
      measuring ??= await createSession(translate(lite, computed), threads);
      const found = await measuring.run(feed(inputs));
      const number = (name: string) => Number(found[name]?.data[0]);
      return new Map(computed.map((at) => [at, [number(`least_${at}`), number(`most_${at}`)]]));
    },
    async release() {
      await session.release();
      await measuring?.release();
    },
  };
}

/** @param measured tensors whose least and greatest numbers the graph gives as well. */
function translate(lite: LiteGraph, measured: readonly number[]): Uint8Array {
  const graph = new OpGraph();
  const values = new Map<number, Value>([[lite.input, "input"]]);
  const valueAt = (at: number): Value => values.get(at) ?? constantOf(graph, lite.tensors, at);
  for (const operator of lite.operators) {
    const added = addOperator(graph, operator, lite.tensors, valueAt);
    const tensor = lite.tensors[operator.output] as LiteTensor;
    values.set(operator.output, tensor.type === "int8" ? rounded(graph, added, tensor) : added);
  }
  graph.rename(graph.add("Identity", [valueAt(lite.output)]), "output");
  const extremes = measured.flatMap((at) => {
    graph.rename(graph.add("ReduceMin", [valueAt(at)], { keepdims: 0 }), `least_${at}`);
    graph.rename(graph.add("ReduceMax", [valueAt(at)], { keepdims: 0 }), `most_${at}`);
    return [`least_${at}`, `most_${at}`];
  });
  const shapeOf = (at: number) => ["batch", ...(lite.tensors[at]?.shape.slice(1) ?? [])];
  return encodeModel(
    graphProto("lite", graph, {
      inputs: [{ name: "input", type: "float32", shape: shapeOf(lite.input) }],
      outputs: [
        { name: "output", type: "float32", shape: shapeOf(lite.output) },
        ...extremes.map((name) => ({ name, type: "float32" as const, shape: [] })),
      ],
    }),
  );
}

/** What int8 makes of real numbers, as real numbers again. */
function rounded(graph: OpGraph, value: Value, { quantization }: LiteTensor): Value {
  const [scale = 1] = quantization?.scale ?? [];
  const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
  const steps = graph.add("Round", [graph.add("Div", [value, graph.scalar(scale)])]);
  const bounds = [graph.scalar(-128 - zeroPoint), graph.scalar(127 - zeroPoint)];
  return graph.add("Mul", [graph.add("Clip", [steps, ...bounds]), graph.scalar(scale)]);
}

function constantOf(graph: OpGraph, tensors: readonly LiteTensor[], at: number): Value {
  const tensor = tensors[at] as LiteTensor;
  return graph.constant(`constant_${at}`, tensor.shape, realNumbers(tensor));
}

/** The numbers that a constant stands for. */
export function realNumbers({ name, type, data, shape, quantization }: LiteTensor): Float32Array {
  if (data === undefined) throw new TypeError(`${name} is no constant`);
  if (type === "float16") return Float32Array.from(data, fromHalf);
  if (quantization === undefined) return Float32Array.from(data);
  const { scale, zeroPoint, axis } = quantization;
  const inner = sizeOf(shape.slice(axis + 1));
  const slice = (i: number) => (scale.length === 1 ? 0 : Math.floor(i / inner) % scale.length);
  return Float32Array.from(
    data,
    (stored, i) => (stored - (zeroPoint[slice(i)] ?? 0)) * (scale[slice(i)] as number),
  );
}

function addOperator(
  graph: OpGraph,
  { op, inputs, options }: LiteOperator,
  tensors: readonly LiteTensor[],
  valueAt: (at: number) => Value,
): Value {
  const [x = 0, second = 0, bias = 0] = inputs;
  const activated = (value: Value) => addFused(graph, options, value);
  const unary = (name: string) => graph.add(name, [valueAt(x)]);
  const binary = (name: string) => activated(graph.add(name, [valueAt(x), valueAt(second)]));
  switch (op) {
    case "FULLY_CONNECTED":
      return activated(
        graph.add("Gemm", [valueAt(x), valueAt(second), valueAt(bias)], { transB: 1 }),
      );
    case "CONV_2D": {
      const kernel = tensors[second] as LiteTensor;
      const [, height = 1, width = 1] = kernel.shape;
      const turned = graph.add("Transpose", [valueAt(second)], { perm: [0, 3, 1, 2] });
      const window = { ...options, size: [height, width] as const };
      const y = onChannelsFirst(graph, valueAt(x), (images) =>
        graph.add("Conv", [images, turned, valueAt(bias)], windowAttributes(window, tensors[x])),
      );
      return activated(y);
    }
    case "MAX_POOL_2D":
    case "AVERAGE_POOL_2D": {
      const name = op === "MAX_POOL_2D" ? "MaxPool" : "AveragePool";
      return onChannelsFirst(graph, valueAt(x), (images) =>
        graph.add(name, [images], windowAttributes(options, tensors[x])),
      );
    }
    case "MEAN":
    case "REDUCE_MAX": {
      const axes = graph.integers(...((tensors[second] as LiteTensor).data ?? []));
      return graph.add(op === "MEAN" ? "ReduceMean" : "ReduceMax", [valueAt(x), axes], {
        keepdims: 0,
      });
    }
    case "RESHAPE":
      return graph.add("Reshape", [valueAt(x), graph.integers(-1, ...(options.shape ?? []))]);
    case "SOFTMAX":
      return graph.add("Softmax", [valueAt(x)], { axis: -1 });
    case "LEAKY_RELU":
      return graph.add("LeakyRelu", [valueAt(x)], { alpha: { float: options.alpha ?? 0 } });
    case "GELU":
      return addGelu(graph, valueAt(x), options.approximate ?? false);
    case "RSQRT":
      return graph.add("Reciprocal", [unary("Sqrt")]);
    case "RELU6":
      return graph.add("Clip", [valueAt(x), graph.scalar(0), graph.scalar(6)]);
    case "QUANTIZE":
    case "DEQUANTIZE":
      return unary("Identity");
    case "ADD":
      return binary("Add");
    case "SUB":
      return binary("Sub");
    case "MUL":
      return binary("Mul");
    case "DIV":
      return binary("Div");
    case "MAXIMUM":
      return binary("Max");
    case "MINIMUM":
      return binary("Min");
    case "LOGISTIC":
      return unary("Sigmoid");
    case "TANH":
      return unary("Tanh");
    case "RELU":
      return unary("Relu");
    case "EXP":
      return unary("Exp");
    case "LOG":
      return unary("Log");
    case "ABS":
      return unary("Abs");
    case "ELU":
      return unary("Elu");
  }
}

function addFused(graph: OpGraph, { activation }: LiteOptions, value: Value): Value {
  if (activation === "relu") return graph.add("Relu", [value]);
  if (activation !== "relu6") return value;
  return graph.add("Clip", [value, graph.scalar(0), graph.scalar(6)]);
}

/** @see Hendrycks & Gimpel, Gaussian Error Linear Units (2016) */
function addGelu(graph: OpGraph, z: Value, isApproximate: boolean): Value {
  const times = (value: Value, factor: number) => graph.add("Mul", [value, graph.scalar(factor)]);
  const plusOne = (value: Value) => graph.add("Add", [value, graph.scalar(1)]);
  const half = times(z, 0.5);
  if (!isApproximate)
    return graph.add("Mul", [half, plusOne(graph.add("Erf", [times(z, Math.SQRT1_2)]))]);
  const bent = plusOne(times(graph.add("Mul", [z, z]), 0.044715));
  const inner = graph.add("Mul", [times(z, Math.sqrt(2 / Math.PI)), bent]);
  return graph.add("Mul", [half, plusOne(graph.add("Tanh", [inner]))]);
}

function onChannelsFirst(graph: OpGraph, images: Value, add: (images: Value) => Value): Value {
  const turned = graph.add("Transpose", [images], { perm: [0, 3, 1, 2] });
  return graph.add("Transpose", [add(turned)], { perm: [0, 2, 3, 1] });
}

function windowAttributes(
  { size = [1, 1], strides = [1, 1], padding = "valid" }: LiteOptions,
  images: LiteTensor | undefined,
) {
  const inputShape = images?.shape.slice(1) ?? [];
  const [top, bottom] = paddingOf({ size, strides, padding }, inputShape, 0);
  const [left, right] = paddingOf({ size, strides, padding }, inputShape, 1);
  return { kernel_shape: size, strides, pads: [top, left, bottom, right] };
}
