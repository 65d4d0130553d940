import type { TableType } from "./flatTables.js";

/**
 * The tables of a .tflite file, fields in the order of their ids, as far as they are used here.
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
 */
export const TFLITE_IDENTIFIER = "TFL3";
export const TFLITE_VERSION = 3;

const QUANTIZATION: TableType = [
  ["min", "float32[]"],
  ["max", "float32[]"],
  ["scale", "float32[]"],
  ["zero_point", "int64[]"],
  null,
  null,
  ["quantized_dimension", "int32"],
];

const TENSOR: TableType = [
  ["shape", "int32[]"],
  ["type", "int8"],
  ["buffer", "uint32"],
  ["name", "string"],
  ["quantization", { table: QUANTIZATION }],
  null,
  null,
  ["shape_signature", "int32[]"],
];

const activation = ["fused_activation_function", "int8"] as const;
const ARITHMETIC: TableType = [activation];

/** By the union's number in the schema. */
export const BUILTIN_OPTIONS: Readonly<Record<number, TableType>> = {
  1: [
    ["padding", "int8"],
    ["stride_w", "int32"],
    ["stride_h", "int32"],
    activation,
    ["dilation_w_factor", "int32"],
    ["dilation_h_factor", "int32"],
  ],
  5: [
    ["padding", "int8"],
    ["stride_w", "int32"],
    ["stride_h", "int32"],
    ["filter_width", "int32"],
    ["filter_height", "int32"],
    activation,
  ],
  8: [activation, ["weights_format", "int8"], ["keep_num_dims", "bool"]],
  9: [["beta", "float32"]],
  11: ARITHMETIC,
  17: [["new_shape", "int32[]"]],
  21: ARITHMETIC,
  27: [["keep_dims", "bool"]],
  28: ARITHMETIC,
  29: ARITHMETIC,
  75: [["alpha", "float32"]],
  116: [["approximate", "bool"]],
};

const OPERATOR: TableType = [
  ["opcode_index", "uint32"],
  ["inputs", "int32[]"],
  ["outputs", "int32[]"],
  ["builtin_options_type", "uint8"],
  ["builtin_options", { union: BUILTIN_OPTIONS, by: "builtin_options_type" }],
];

const SUBGRAPH: TableType = [
  ["tensors", { tables: TENSOR }],
  ["inputs", "int32[]"],
  ["outputs", "int32[]"],
  ["operators", { tables: OPERATOR }],
  ["name", "string"],
];

const OPERATOR_CODE: TableType = [
  ["deprecated_builtin_code", "int8"],
  null,
  ["version", "int32"],
  ["builtin_code", "int32"],
];

const TENSOR_MAP: TableType = [
  ["name", "string"],
  ["tensor_index", "uint32"],
];

const SIGNATURE: TableType = [
  ["inputs", { tables: TENSOR_MAP }],
  ["outputs", { tables: TENSOR_MAP }],
  ["signature_key", "string"],
  null,
  ["subgraph_index", "uint32"],
];

export const TFLITE_MODEL: TableType = [
  ["version", "uint32"],
  ["operator_codes", { tables: OPERATOR_CODE }],
  ["subgraphs", { tables: SUBGRAPH }],
  ["description", "string"],
  ["buffers", { tables: [["data", "bytes"]] }],
  null,
  [
    "metadata",
    {
      tables: [
        ["name", "string"],
        ["buffer", "uint32"],
      ],
    },
  ],
  ["signature_defs", { tables: SIGNATURE }],
];
