import type { OpGraph, OpNode, Value } from "./opGraph.js";
import { encodeWasmModule, positive, unsigned } from "./wasmModule.js";

/** Numbers in a vector of 128 bits. */
export const LANES = 4;

/** A calculation on arrays of one length, number by number. */
export interface Elementwise {
  /** Operations of `OPERATIONS`, in the order in which they run. */
  readonly graph: Pick<OpGraph, "nodes">;
  /** Where each array is in the memory, in bytes, a multiple of 16. */
  readonly arrays: ReadonlyMap<Value, number>;
  /** Values that are the same for all numbers: what the kernel is called with, in this order. */
  readonly scalars: readonly Value[];
  /** Where to write which values. An array may be overwritten: it is read first, number by number. */
  readonly results: readonly { readonly value: Value; readonly address: number }[];
  /** Of each array, a multiple of `LANES`. */
  readonly length: number;
}

/**
 * Compiles a calculation to one WebAssembly loop, four numbers at a time: each array is read and
 * written once, where a graph's operations go through memory one after another. All operations are
 * those of IEEE 754 in single precision, so the results are the graph's to the bit.
 * @throws {Error} for an operation that is no elementwise one.
 */
export function elementwiseKernel(
  { graph, arrays, scalars, results, length }: Elementwise,
  memory: WebAssembly.Memory,
): (scalars: readonly number[]) => void {
  const locals = new Map<Value, number>();
  const address = scalars.length; // the i32 variable: how far the loop has come, in bytes
  const local = (value: Value): number[] => {
    const index = locals.get(value);
    if (index === undefined) throw new Error(`nothing gives ${value}`);
    return [LOCAL_GET, ...unsigned(index)];
  };
  const define = (value: Value): number[] => {
    const index = address + 1 + locals.size;
    locals.set(value, index);
    return [LOCAL_SET, ...unsigned(index)];
  };
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const prologue = scalars.flatMap((scalar, index) => [
    ...[LOCAL_GET, ...unsigned(index), ...simd(SPLAT)],
    ...define(scalar),
  ]);
  const at = (offset: number) => [ALIGNMENT, ...unsigned(offset)];
  const loop = [
    ...[...arrays].flatMap(([array, offset]) =>
      used.has(array)
        ? [LOCAL_GET, ...unsigned(address), ...simd(LOAD), ...at(offset), ...define(array)]
        : [],
    ),
    ...graph.nodes.flatMap((node) => [
      ...operation(node, node.inputs.map(local)),
      ...define(node.outputs[0] as Value),
    ]),
    ...results.flatMap(({ value, address: offset }) => [
      ...[LOCAL_GET, ...unsigned(address), ...local(value), ...simd(STORE), ...at(offset)],
    ]),
    ...[LOCAL_GET, ...unsigned(address), I32_CONST, LANES * BYTES, I32_ADD],
    ...[LOCAL_TEE, ...unsigned(address), I32_CONST, ...positive(length * BYTES), I32_LESS],
    ...[BRANCH_IF, 0],
  ];
  const code = [...prologue, LOOP, NO_RESULT, ...loop, END];
  const bytes = encodeWasmModule({ parameters: scalars.length, vectors: locals.size, code });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const run = instance.exports.run as (...scalars: number[]) => void;
  return (numbers) => run(...numbers);
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

// Opcodes, named as the specification does.
const LOOP = 0x03;
const NO_RESULT = 0x40;
const END = 0x0b;
const BRANCH_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const I32_LESS = 0x49;
const I32_ADD = 0x6a;
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const LOAD = 0;
const STORE = 11;
const CONST = 12;
const SPLAT = 19;
const NOT_EQUAL = 66;
const LESS = 67;
const GREATER = 68;
const AND = 78;
const SELECT = 82;
const SUB = 229;
/** Arrays begin at multiples of 2⁴ bytes. */
const ALIGNMENT = 4;

const splat = (value: number) => [
  ...simd(CONST),
  ...new Uint8Array(new Float32Array(LANES).fill(value).buffer),
];

type Operation = (...inputs: number[][]) => number[];

const inOrder =
  (opcode: number): Operation =>
  (...inputs) => [...inputs.flat(), ...simd(opcode)];

/** By ONNX's names. A truth value is a vector of all ones or all zeros, as `Where` selects by it. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  Abs: inOrder(224),
  Sqrt: inOrder(227),
  Add: inOrder(228),
  Sub: inOrder(SUB),
  Mul: inOrder(230),
  Div: inOrder(231),
  Max: inOrder(233),
  Cast: (x = []) => [...x, ...splat(0), ...simd(NOT_EQUAL)],
  Where: (condition = [], x = [], y = []) => [...x, ...y, ...condition, ...simd(SELECT)],
  /** 1 where x > 0, less 1 where x < 0 */
  Sign: (x = []) => {
    const oneWhere = (opcode: number) => [
      ...[...x, ...splat(0), ...simd(opcode)],
      ...[...splat(1), ...simd(AND)],
    ];
    return [...oneWhere(GREATER), ...oneWhere(LESS), ...simd(SUB)];
  },
};

function operation({ op }: OpNode, inputs: number[][]): number[] {
  const emit = OPERATIONS[op];
  if (emit === undefined) throw new Error(`${op} is no elementwise operation`);
  return emit(...inputs);
}
