import { sizeOf } from "../../tensor.js";

export type LiteType = "float32" | "float16" | "int32" | "int8";

/** real = scale · (stored − zeroPoint), by the slices of `axis` where there are several scales. */
export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis: number;
}

export interface LiteTensor {
  readonly name: string;
  /** Of values that are computed, the first axis is the batch and stands as 1. */
  readonly shape: readonly number[];
  readonly type: LiteType;
  /** Of a constant; float16 as its bits. */
  readonly data?: Float32Array | Uint16Array | Int32Array | Int8Array;
  readonly quantization?: Quantization;
}

/** What the operations of TensorFlow Lite are asked, as far as each one takes it. */
export interface LiteOptions {
  readonly activation?: FusedActivation;
  readonly padding?: "same" | "valid";
  /** Height, width. */
  readonly strides?: readonly [number, number];
  readonly size?: readonly [number, number];
  /** Of RESHAPE, without the batch axis. */
  readonly shape?: readonly number[];
  readonly alpha?: number;
  readonly approximate?: boolean;
}

export type FusedActivation = "none" | "relu" | "relu6";

export interface LiteOperator {
  readonly op: LiteOp;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: LiteOptions;
}

/** A network in TensorFlow Lite's operations, in an order they can run in; images are [1, h, w, c]. */
export interface LiteGraph {
  readonly tensors: readonly LiteTensor[];
  readonly operators: readonly LiteOperator[];
  readonly input: number;
  readonly output: number;
}

interface OperatorInfo {
  /** BuiltinOperator in the schema. */
  readonly code: number;
  /** Its member of BuiltinOptions; 0: none. */
  readonly options: number;
  /** The version of the operation that first computes in int8; absent: in floats alone. */
  readonly int8?: number;
}

/** @see tfliteSchema.ts for the options by number */
export const LITE_OPERATORS = {
  ADD: { code: 0, options: 11, int8: 2 },
  AVERAGE_POOL_2D: { code: 1, options: 5, int8: 2 },
  CONV_2D: { code: 3, options: 1, int8: 3 },
  DEQUANTIZE: { code: 6, options: 0 },
  FULLY_CONNECTED: { code: 9, options: 8, int8: 4 },
  LOGISTIC: { code: 14, options: 0, int8: 2 },
  MAX_POOL_2D: { code: 17, options: 5, int8: 2 },
  MUL: { code: 18, options: 21 },
  RELU: { code: 19, options: 0, int8: 2 },
  RELU6: { code: 21, options: 0, int8: 2 },
  RESHAPE: { code: 22, options: 17, int8: 1 },
  SOFTMAX: { code: 25, options: 9, int8: 2 },
  TANH: { code: 28, options: 0, int8: 2 },
  MEAN: { code: 40, options: 27, int8: 2 },
  SUB: { code: 41, options: 28 },
  DIV: { code: 42, options: 29 },
  EXP: { code: 47, options: 0 },
  MAXIMUM: { code: 55, options: 0 },
  MINIMUM: { code: 57, options: 0 },
  LOG: { code: 73, options: 0 },
  RSQRT: { code: 76, options: 0 },
  REDUCE_MAX: { code: 82, options: 27, int8: 2 },
  LEAKY_RELU: { code: 98, options: 75, int8: 2 },
  ABS: { code: 101, options: 0 },
  ELU: { code: 111, options: 0 },
  QUANTIZE: { code: 114, options: 0 },
  GELU: { code: 150, options: 116 },
} as const satisfies Record<string, OperatorInfo>;

export type LiteOp = keyof typeof LITE_OPERATORS;
export const operatorInfo = (op: LiteOp): OperatorInfo => LITE_OPERATORS[op];

/** Collects a graph; operations are added after what they take. */
export class LiteBuilder {
  readonly tensors: LiteTensor[] = [];
  readonly operators: LiteOperator[] = [];

  tensor(tensor: LiteTensor): number {
    return this.tensors.push(tensor) - 1;
  }

  /** A float32 constant. */
  constant(name: string, shape: readonly number[], data: Float32Array): number {
    return this.tensor({ name, shape, type: "float32", data });
  }

  scalar(value: number): number {
    const name = `float_${value}`;
    const known = this.tensors.findIndex((tensor) => tensor.name === name);
    return known >= 0 ? known : this.constant(name, [], Float32Array.of(value));
  }

  /** An int32 vector: axes or a shape. */
  integers(name: string, values: readonly number[]): number {
    return this.tensor({
      name,
      shape: [values.length],
      type: "int32",
      data: Int32Array.from(values),
    });
  }

  /** Adds an operation on floats. @param shape of its output, without the batch axis. */
  add(
    op: LiteOp,
    inputs: readonly number[],
    shape: readonly number[],
    options: LiteOptions = {},
  ): number {
    const name = `${op.toLowerCase()}_${this.operators.length}`;
    const output = this.tensor({ name, shape: [1, ...shape], type: "float32" });
    this.operators.push({ op, inputs, output, options });
    return output;
  }

  /** Of a value, without the batch axis. */
  shapeOf(tensor: number): readonly number[] {
    return this.at(tensor).shape.slice(1);
  }

  at(tensor: number): LiteTensor {
    return this.tensors[tensor] as LiteTensor;
  }

  /** A view of other shape; the same value where it has it already. */
  reshape(value: number, shape: readonly number[]): number {
    if (this.shapeOf(value).join() === shape.join()) return value;
    const target = this.integers(`shape_${this.operators.length}`, [-1, ...shape]);
    return this.add("RESHAPE", [value, target], shape, { shape });
  }

  flat(value: number): number {
    return this.reshape(value, [sizeOf(this.shapeOf(value))]);
  }
}
