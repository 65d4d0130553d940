/** The name of a tensor in an ONNX graph. */
export type Value = string;

/** What ONNX attributes hold here; a number is an integer unless it is said to be a float. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface OpNode {
  readonly op: string;
  /** An optional input that is left out is "". */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly name: Value;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint32Array;
}

export interface ImageSize {
  readonly channels: number;
  /** Height and width. */
  readonly sides: readonly [number, number];
}

export interface Spread {
  readonly axes: readonly number[];
  readonly keepdims: 0 | 1;
}

/**
 * A list of ONNX operations in the order in which they were added, which is an order they can run
 * in. Operations and their attributes: https://onnx.ai/onnx/operators/
 */
export class OpGraph {
  readonly nodes: OpNode[] = [];
  readonly constants = new Map<Value, Constant>();
  /** Of each value made by `concat`, the sizes of its parts along their axis. */
  readonly sizes = new Map<Value, readonly number[]>();
  /** Of values made by `spread`, how their gradient is summed. */
  readonly spreads = new Map<Value, Spread>();
  /** Of values that windows move over: [B, channels, ...sides]. */
  readonly images = new Map<Value, ImageSize>();
  readonly #prefix: string;
  #count = 0;

  /** @param prefix of the names it makes: those of a graph and of the graph around it must differ. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /** Adds an operation with one output. */
  add(op: string, inputs: readonly Value[], attributes: OpNode["attributes"] = {}): Value {
    const [output] = this.addMany(op, inputs, 1, attributes);
    return output as Value;
  }

  /** Adds an operation with several outputs. */
  addMany(
    op: string,
    inputs: readonly Value[],
    outputCount: number,
    attributes: OpNode["attributes"] = {},
  ): Value[] {
    const outputs = Array.from(
      { length: outputCount },
      () => `${this.#prefix}${op}_${this.#count++}`,
    );
    this.nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  /** Gives a value another name, as an output of the graph. */
  rename(value: Value, name: Value): void {
    const index = this.nodes.findIndex(({ outputs }) => outputs.includes(value));
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`no node makes ${value}`);
    const outputs = node.outputs.map((output) => (output === value ? name : output));
    this.nodes[index] = { ...node, outputs };
  }

  /** Puts matrices below (axis 0) or beside (axis 1) each other. */
  concat(parts: readonly Value[], sizes: readonly number[], axis: 0 | 1): Value {
    const whole = this.add("Concat", parts, { axis });
    this.sizes.set(whole, sizes);
    return whole;
  }

  /**
   * Says that binary operations spread this value over axes of their other operand: its gradient is
   * summed over them, and they are kept where the value has them with size 1.
   */
  spread(value: Value, axes: readonly number[], keepdims: 0 | 1): Value {
    this.spreads.set(value, { axes, keepdims });
    return value;
  }

  /** The operation that makes a value; undefined for inputs and constants. */
  producer(value: Value): OpNode | undefined {
    return this.nodes.find(({ outputs }) => outputs.includes(value));
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    const name = `float_${value}`;
    this.constants.set(name, { name, shape: [], data: Float32Array.of(value) });
    return name;
  }

  /** A uint32 scalar. */
  unsigned(value: number): Value {
    const name = `uint_${value}`;
    this.constants.set(name, { name, shape: [], data: Uint32Array.of(value) });
    return name;
  }

  /** An int64 scalar. */
  integer(value: number): Value {
    const name = `int64_${value}`;
    this.constants.set(name, { name, shape: [], data: BigInt64Array.of(BigInt(value)) });
    return name;
  }

  /** A vector of int64, the form in which ONNX takes axes and sizes. */
  integers(...values: number[]): Value {
    const name = `int_${values.join("_")}`;
    const data = BigInt64Array.from(values, BigInt);
    this.constants.set(name, { name, shape: [values.length], data });
    return name;
  }

  /** A float32 tensor. */
  constant(name: Value, shape: readonly number[], data: Float32Array): Value {
    this.constants.set(name, { name, shape, data });
    return name;
  }
}
