import proto from "onnx-proto";
import type { Attribute, Constant, OpGraph, OpNode, Value } from "./opGraph.js";

const { AttributeProto, ModelProto, TensorProto } = proto.onnx;

/** Of the operations used; onnxruntime keeps running every earlier one. */
const OPSET = 18;
const IR_VERSION = 8;

export type ElementType = "float32" | "uint8" | "uint32" | "int32" | "int64" | "bool";

/** A graph's input or output; a string is an axis whose size the caller chooses. */
export interface TensorType {
  readonly name: Value;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
  /** A sequence of such tensors, of any shape. */
  readonly isSequence?: boolean;
}

export interface Signature {
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}

const ELEMENT: Readonly<Record<ElementType, proto.onnx.TensorProto.DataType>> = {
  float32: TensorProto.DataType.FLOAT,
  uint8: TensorProto.DataType.UINT8,
  uint32: TensorProto.DataType.UINT32,
  int32: TensorProto.DataType.INT32,
  int64: TensorProto.DataType.INT64,
  bool: TensorProto.DataType.BOOL,
};

/** The element type's number, as `Cast` takes it. */
export const elementNumber = (type: ElementType): number => ELEMENT[type];

/** The bytes of an .onnx file. */
export function encodeModel(
  graph: proto.onnx.IGraphProto,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: "sweepyard",
    opsetImport: [{ domain: "", version: OPSET }],
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }).finish();
}

export function graphProto(
  name: string,
  graph: OpGraph,
  signature: Signature,
): proto.onnx.IGraphProto {
  return {
    name,
    node: graph.nodes.map(nodeProto),
    initializer: [...graph.constants.values()].map(tensorProto),
    input: signature.inputs.map(valueInfo),
    output: signature.outputs.map(valueInfo),
  };
}

function nodeProto({ op, inputs, outputs, attributes }: OpNode): proto.onnx.INodeProto {
  return {
    name: `${outputs[0]}_node`,
    opType: op,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

function attributeProto(name: string, value: Attribute): proto.onnx.IAttributeProto {
  const { AttributeType } = AttributeProto;
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  return "float" in value
    ? { name, type: AttributeType.FLOAT, f: value.float }
    : { name, type: AttributeType.INTS, ints: [...value] };
}

function tensorProto({ name, shape, data }: Constant): proto.onnx.ITensorProto {
  return {
    name,
    dims: [...shape],
    dataType: elementOf(data),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function elementOf(data: Constant["data"]): proto.onnx.TensorProto.DataType {
  if (data instanceof Float32Array) return ELEMENT.float32;
  return data instanceof Uint32Array ? ELEMENT.uint32 : ELEMENT.int64;
}

function valueInfo({ name, type, shape, isSequence }: TensorType): proto.onnx.IValueInfoProto {
  if (isSequence) {
    const elemType = { tensorType: { elemType: ELEMENT[type] } };
    return { name, type: { sequenceType: { elemType } } };
  }
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: ELEMENT[type], shape: { dim } } } };
}
