import {
  LiteBuilder,
  type LiteGraph,
  type LiteOp,
  type LiteOperator,
  type LiteTensor,
  operatorInfo,
  type Quantization,
} from "./liteGraph.js";

export type Ranges = ReadonlyMap<number, readonly [number, number]>;

/**
 * The same graph in int8, as TensorFlow Lite's specification has it: weights symmetric, of a
 * convolution by its filters; values asymmetric, by the ranges that calibration saw; biases int32.
 * Operations without int8 kernels compute in floats between DEQUANTIZE and QUANTIZE. Input and
 * output stay float32, so that whoever runs the file need not know of it.
 * @param ranges least and greatest of every computed value on typical inputs.
 * @see https://ai.google.dev/edge/litert/models/quantization_spec
 * @see Jacob et al., Quantization and Training of Neural Networks for Efficient
 *   Integer-Arithmetic-Only Inference (2018)
 */
export function quantizeGraph(graph: LiteGraph, ranges: Ranges): LiteGraph {
  return new Quantizer(graph, ranges).quantize();
}

/** Operations that only move or choose numbers: what goes in and out counts in the same steps. */
const SAME_STEPS: ReadonlySet<LiteOp> = new Set<LiteOp>([
  "MAX_POOL_2D",
  "AVERAGE_POOL_2D",
  "RESHAPE",
  "REDUCE_MAX",
]);

/** What the specification fixes for these outputs. */
const FIXED_OUTPUTS: Partial<Record<LiteOp, Quantization>> = {
  SOFTMAX: { scale: [1 / 256], zeroPoint: [-128], axis: 0 },
  LOGISTIC: { scale: [1 / 256], zeroPoint: [-128], axis: 0 },
  TANH: { scale: [1 / 128], zeroPoint: [0], axis: 0 },
};

class Quantizer {
  readonly #graph: LiteGraph;
  readonly #ranges: Ranges;
  readonly #made = new LiteBuilder();
  /** Where a value of the old graph is in the new one, in either form. */
  readonly #floats = new Map<number, number>();
  readonly #int8s = new Map<number, number>();

  constructor(graph: LiteGraph, ranges: Ranges) {
    this.#graph = graph;
    this.#ranges = ranges;
  }

  quantize(): LiteGraph {
    const { operators, input, output } = this.#graph;
    const given = this.#made.tensor(this.#tensor(input));
    this.#floats.set(input, given);
    for (const operator of operators)
      if (this.#computesInInt8(operator)) this.#addInt8(operator);
      else this.#addFloat(operator);
    const result = this.#float(output);
    const { tensors, operators: made } = this.#made;
    return { tensors, operators: made, input: given, output: result };
  }

  #tensor(at: number): LiteTensor {
    return this.#graph.tensors[at] as LiteTensor;
  }

  /** Sums with a constant, such as an unfolded normalisation's, stay exact. */
  #computesInInt8({ op, inputs }: LiteOperator): boolean {
    if (operatorInfo(op).int8 === undefined) return false;
    return op !== "ADD" || inputs.every((at) => this.#tensor(at).data === undefined);
  }

  #addFloat(operator: LiteOperator): void {
    const inputs = operator.inputs.map((at) => this.#float(at));
    const output = this.#made.tensor(this.#tensor(operator.output));
    this.#made.operators.push({ ...operator, inputs, output });
    this.#floats.set(operator.output, output);
  }

  #addInt8(operator: LiteOperator): void {
    const { op, output } = operator;
    const [first = 0, ...others] = operator.inputs;
    const x = this.#int8(first);
    const steps = this.#made.at(x).quantization as Quantization;
    const hasWeights = op === "FULLY_CONNECTED" || op === "CONV_2D";
    const inputs = hasWeights
      ? [x, ...this.#weights(op, others, steps)]
      : [x, ...others.map((at) => this.#int8(at))];
    const quantization = SAME_STEPS.has(op)
      ? steps
      : (FIXED_OUTPUTS[op] ?? asymmetric(this.#rangeOf(output)));
    const made = this.#made.tensor({ ...this.#tensor(output), type: "int8", quantization });
    this.#made.operators.push({ ...operator, inputs, output: made });
    this.#int8s.set(output, made);
  }

  #weights(op: LiteOp, [kernelAt = 0, biasAt = 0]: readonly number[], steps: Quantization) {
    const kernel = this.#tensor(kernelAt);
    const bias = this.#tensor(biasAt);
    // Interpreters before 2023 know one scale alone for a whole FULLY_CONNECTED.
    const slices = op === "CONV_2D" ? (kernel.shape[0] as number) : 1;
    const quantized = symmetric(kernel, slices);
    const [inputScale = 1] = steps.scale;
    const scale = quantized.quantization.scale.map((one) => one * inputScale);
    const data = Int32Array.from(bias.data ?? [], (value, i) =>
      Math.round(value / (scale[i % scale.length] as number)),
    );
    return [
      this.#made.tensor(quantized),
      this.#made.tensor({
        ...bias,
        type: "int32",
        data,
        quantization: { scale, zeroPoint: scale.map(() => 0), axis: 0 },
      }),
    ];
  }

  /** A value in floats; constants are copied. */
  #float(at: number): number {
    const known = this.#floats.get(at);
    if (known !== undefined) return known;
    const tensor = this.#tensor(at);
    const made = this.#made.tensor(tensor);
    const stored = this.#int8s.get(at);
    if (stored !== undefined)
      this.#made.operators.push({ op: "DEQUANTIZE", inputs: [stored], output: made, options: {} });
    this.#floats.set(at, made);
    return made;
  }

  /** A value in int8; int32 constants, such as axes, are copied. */
  #int8(at: number): number {
    const known = this.#int8s.get(at);
    if (known !== undefined) return known;
    const tensor = this.#tensor(at);
    if (tensor.type === "int32") return this.#made.tensor(tensor);
    const given = this.#float(at);
    const quantization = asymmetric(this.#rangeOf(at));
    const output = this.#made.tensor({
      ...tensor,
      name: `${tensor.name}/int8`,
      type: "int8",
      quantization,
    });
    this.#made.operators.push({ op: "QUANTIZE", inputs: [given], output, options: {} });
    this.#int8s.set(at, output);
    return output;
  }

  #rangeOf(at: number): readonly [number, number] {
    const range = this.#ranges.get(at);
    if (range === undefined) throw new TypeError(`no range of ${this.#tensor(at).name} is known`);
    return range;
  }
}

/** 256 steps over the range; 0 is one of them exactly, since padding and relu need it. */
function asymmetric([least, most]: readonly [number, number]): Quantization {
  const low = Math.min(least, 0);
  const high = Math.max(most, 0);
  const scale = Math.fround((high - low) / 255) || 1; // always 0: any step will do
  const zeroPoint = Math.max(-128, Math.min(127, Math.round(-128 - low / scale)));
  return { scale: [scale], zeroPoint: [zeroPoint], axis: 0 };
}

type Quantized = LiteTensor & { readonly quantization: Quantization };

/** −127..127 around 0, for each of `slices` of the first axis. */
function symmetric(tensor: LiteTensor, slices: number): Quantized {
  const data = tensor.data as Float32Array;
  const inner = data.length / slices;
  const scale = Array.from({ length: slices }, (_, slice) => {
    const part = data.subarray(slice * inner, (slice + 1) * inner);
    const most = part.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
    return Math.fround(most / 127) || 1;
  });
  return {
    ...tensor,
    type: "int8",
    data: Int8Array.from(data, (value, i) =>
      Math.max(-127, Math.min(127, Math.round(value / (scale[Math.floor(i / inner)] as number)))),
    ),
    quantization: { scale, zeroPoint: scale.map(() => 0), axis: 0 },
  };
}
