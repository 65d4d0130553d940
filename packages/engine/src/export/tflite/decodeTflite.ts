import { AppError } from "@sweepyard/contract";
import { FUSED, LITE_TYPES, PADDINGS } from "./encodeTflite.js";
import { decodeTables, type FlatTable } from "./flatTables.js";
import {
  LITE_OPERATORS,
  type LiteGraph,
  type LiteOp,
  type LiteOperator,
  type LiteOptions,
  type LiteTensor,
  type LiteType,
} from "./liteGraph.js";
import { TFLITE_IDENTIFIER, TFLITE_MODEL } from "./tfliteSchema.js";

export interface DecodedTflite {
  readonly graph: LiteGraph;
  /** Texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a .tflite file of one graph with one input and one output, of the operations in
 * `LITE_OPERATORS`.
 * @throws {AppError} `data_invalid` if it is none, is cut off, or has another operation.
 */
export function decodeTflite(bytes: Uint8Array): DecodedTflite {
  try {
    return readFile(decodeTables(bytes, TFLITE_MODEL, TFLITE_IDENTIFIER));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("data_invalid", "not a whole TensorFlow Lite file", { cause });
  }
}

function readFile(file: FlatTable): DecodedTflite {
  const buffers = tables(file.buffers).map(({ data }) => data as Uint8Array | undefined);
  const codes = tables(file.operator_codes).map(({ builtin_code }) => opOf(Number(builtin_code)));
  const [main] = tables(file.subgraphs);
  const [input] = numbers(main?.inputs);
  const [output] = numbers(main?.outputs);
  if (main === undefined || input === undefined || output === undefined)
    throw new AppError(
      "data_invalid",
      "the TensorFlow Lite file has no graph with input and output",
    );
  const text = (buffer: number) => new TextDecoder().decode(buffers[buffer]);
  return {
    graph: {
      tensors: tables(main.tensors).map((tensor) => readTensor(tensor, buffers)),
      operators: tables(main.operators).map((operator) => readOperator(operator, codes)),
      input,
      output,
    },
    metadata: Object.fromEntries(
      tables(file.metadata).map(({ name, buffer }) => [String(name), text(Number(buffer))]),
    ),
  };
}

function readTensor(
  { name, shape, type, buffer, quantization }: FlatTable,
  buffers: readonly (Uint8Array | undefined)[],
): LiteTensor {
  const kind = TYPE_NAMES.get(Number(type));
  if (kind === undefined)
    throw new AppError("data_invalid", `tensor ${String(name)} is of the unknown type ${type}`);
  const data = buffers[Number(buffer)];
  const { scale, zero_point, quantized_dimension } = (quantization ?? {}) as FlatTable;
  return {
    name: String(name),
    shape: numbers(shape),
    type: kind,
    ...(data !== undefined && { data: READERS[kind](data) }),
    ...(scale !== undefined && {
      quantization: {
        scale: numbers(scale),
        zeroPoint: numbers(zero_point),
        axis: Number(quantized_dimension ?? 0),
      },
    }),
  };
}

const TYPE_NAMES = new Map(
  Object.entries(LITE_TYPES).map(([name, type]) => [type, name as LiteType]),
);

// `data` is a copy of its own, so it starts aligned.
const READERS: Readonly<Record<LiteType, (data: Uint8Array) => NonNullable<LiteTensor["data"]>>> = {
  float32: (data) => new Float32Array(data.buffer),
  float16: (data) => new Uint16Array(data.buffer),
  int32: (data) => new Int32Array(data.buffer),
  int8: (data) => new Int8Array(data.buffer),
};

function readOperator(operator: FlatTable, codes: readonly LiteOp[]): LiteOperator {
  const op = codes[Number(operator.opcode_index)];
  const [output] = numbers(operator.outputs);
  if (op === undefined || output === undefined)
    throw new AppError("data_invalid", "an operation of the file has no kind or no output");
  const options = readOptions((operator.builtin_options ?? {}) as FlatTable);
  return { op, inputs: numbers(operator.inputs), output, options };
}

function readOptions(fields: FlatTable): LiteOptions {
  const { stride_h, stride_w, filter_height, filter_width, new_shape } = fields;
  const pair = (a: unknown, b: unknown): [number, number] => [Number(a), Number(b)];
  return {
    activation: FUSED[Number(fields.fused_activation_function ?? 0)] ?? "none",
    ...(fields.padding !== undefined && { padding: PADDINGS[Number(fields.padding)] ?? "valid" }),
    ...(stride_h !== undefined && { strides: pair(stride_h, stride_w) }),
    ...(filter_height !== undefined && { size: pair(filter_height, filter_width) }),
    ...(new_shape !== undefined && { shape: numbers(new_shape).slice(1) }),
    ...(fields.alpha !== undefined && { alpha: Number(fields.alpha) }),
    ...(fields.approximate !== undefined && { approximate: Boolean(fields.approximate) }),
  };
}

function opOf(code: number): LiteOp {
  for (const [op, info] of Object.entries(LITE_OPERATORS))
    if (info.code === code) return op as LiteOp;
  throw new AppError("data_invalid", `operation ${code} of TensorFlow Lite is not known here`);
}

const tables = (value: unknown): readonly FlatTable[] => (value ?? []) as readonly FlatTable[];
const numbers = (value: unknown): readonly number[] => (value ?? []) as readonly number[];
