import type { FlatTable, FlatValue } from "./flatTables.js";
import { encodeTables } from "./flatTables.js";
import {
  type LiteGraph,
  type LiteOp,
  type LiteOperator,
  type LiteOptions,
  type LiteTensor,
  type LiteType,
  operatorInfo,
} from "./liteGraph.js";
import { TFLITE_IDENTIFIER, TFLITE_MODEL, TFLITE_VERSION } from "./tfliteSchema.js";

/** TensorType in the schema. */
export const LITE_TYPES: Readonly<Record<LiteType, number>> = {
  float32: 0,
  float16: 1,
  int32: 2,
  int8: 9,
};
/** ActivationFunctionType in the schema, by number: RELU_N1_TO_1 is not used. */
export const FUSED = ["none", "relu", null, "relu6"] as const;
export const PADDINGS = ["same", "valid"] as const;

/** Codes past this stand in a newer field, and the old one holds this number. */
const LAST_OLD_CODE = 127;

/**
 * The bytes of a .tflite file.
 * @param outputName of the graph's output in its signature `serving_default`.
 * @param metadata texts by name.
 */
export function encodeTflite(
  graph: LiteGraph,
  outputName: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { tensors, operators } = graph;
  const input = tensors[graph.input] as LiteTensor;
  // Buffer 0 is empty by convention: what is computed names it.
  const constants = tensors.filter(({ data }) => data !== undefined);
  const texts = Object.entries(metadata);
  const bufferOf = (tensor: LiteTensor) => 1 + constants.indexOf(tensor);
  const versions = [...new Set(operators.map((operator) => versionOf(operator, tensors)))];
  const file: FlatTable = {
    version: TFLITE_VERSION,
    description: "exported by Sweepyard",
    operator_codes: versions.map((key) => {
      const [op = "ADD", version = "1"] = key.split(":") as [LiteOp, string];
      const { code } = operatorInfo(op);
      return {
        deprecated_builtin_code: Math.min(code, LAST_OLD_CODE),
        version: Number(version),
        builtin_code: code,
      };
    }),
    subgraphs: [
      {
        name: "main",
        tensors: tensors.map((tensor, index) => ({
          name: index === graph.output ? outputName : tensor.name,
          shape: tensor.shape,
          type: LITE_TYPES[tensor.type],
          buffer: tensor.data === undefined ? 0 : bufferOf(tensor),
          // What is computed may have any number of rows.
          ...(tensor.data === undefined && { shape_signature: [-1, ...tensor.shape.slice(1)] }),
          ...(tensor.quantization !== undefined && {
            quantization: {
              scale: tensor.quantization.scale,
              zero_point: tensor.quantization.zeroPoint,
              quantized_dimension: tensor.quantization.axis,
            },
          }),
        })),
        inputs: [graph.input],
        outputs: [graph.output],
        operators: operators.map((operator) => ({
          opcode_index: versions.indexOf(versionOf(operator, tensors)),
          inputs: operator.inputs,
          outputs: [operator.output],
          ...encodeOptions(operator),
        })),
      },
    ],
    buffers: [
      {},
      ...constants.map(({ data }) => ({ data: bytesOf(data) })),
      ...texts.map(([, text]) => ({ data: new TextEncoder().encode(text) })),
    ],
    metadata: texts.map(([name], index) => ({ name, buffer: 1 + constants.length + index })),
    signature_defs: [
      {
        signature_key: "serving_default",
        subgraph_index: 0,
        inputs: [{ name: input.name, tensor_index: graph.input }],
        outputs: [{ name: outputName, tensor_index: graph.output }],
      },
    ],
  };
  return encodeTables(file, TFLITE_MODEL, TFLITE_IDENTIFIER);
}

/** `op:version`, the lowest version of the operation that does this: old interpreters then run it. */
function versionOf({ op, inputs }: LiteOperator, tensors: readonly LiteTensor[]): string {
  const type = tensors[inputs[0] as number]?.type;
  if (op === "DEQUANTIZE") return `${op}:${type === "float16" ? 3 : 2}`;
  const { int8 = 1 } = operatorInfo(op);
  return `${op}:${type === "int8" && op !== "QUANTIZE" ? int8 : 1}`;
}

function encodeOptions({ op, options }: LiteOperator): FlatTable {
  const type = operatorInfo(op).options;
  return type === 0
    ? {}
    : { builtin_options_type: type, builtin_options: optionFields(op, options) };
}

function optionFields(op: LiteOp, options: LiteOptions): FlatTable {
  const { activation = "none", padding = "valid", strides = [1, 1], size = [1, 1] } = options;
  const fused: FlatValue = FUSED.indexOf(activation);
  const window = {
    padding: PADDINGS.indexOf(padding),
    stride_h: strides[0],
    stride_w: strides[1],
    fused_activation_function: fused,
  };
  switch (op) {
    case "CONV_2D":
      return { ...window, dilation_h_factor: 1, dilation_w_factor: 1 };
    case "MAX_POOL_2D":
    case "AVERAGE_POOL_2D":
      return { ...window, filter_height: size[0], filter_width: size[1] };
    case "FULLY_CONNECTED":
      return { fused_activation_function: fused, weights_format: 0, keep_num_dims: false };
    case "SOFTMAX":
      return { beta: 1 };
    case "RESHAPE":
      return { new_shape: [-1, ...(options.shape ?? [])] };
    case "MEAN":
    case "REDUCE_MAX":
      return { keep_dims: false };
    case "LEAKY_RELU":
      return { alpha: options.alpha };
    case "GELU":
      return { approximate: options.approximate };
    default:
      return { fused_activation_function: fused };
  }
}

const bytesOf = (data: LiteTensor["data"]): Uint8Array =>
  data === undefined
    ? new Uint8Array()
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
