/**
 * A WebAssembly module of one function without results, as bytes.
 * @see WebAssembly Core Specification 2.0, chapter 5 (binary format)
 */

export interface WasmFunction {
  /** Parameters, all f32; local variables are numbered from 0, parameters first. */
  readonly parameters: number;
  /** One i32 variable comes after the parameters, then so many of 128 bits. */
  readonly vectors: number;
  /** Instructions, without the `end` behind them. */
  readonly code: readonly number[];
}

const TYPE = { i32: 0x7f, f32: 0x7d, v128: 0x7b, function: 0x60 };
const SECTION = { types: 1, imports: 2, functions: 3, exports: 7, code: 10 };
const END = 0x0b;

/** Exports the function as `run`; imports a memory as `env.memory`. */
export function encodeWasmModule({ parameters, vectors, code }: WasmFunction): Uint8Array {
  const locals = [
    ...list([
      [1, TYPE.i32],
      [...unsigned(vectors), TYPE.v128],
    ]),
  ];
  const body = [...locals, ...code, END];
  const parameterTypes = list(Array.from({ length: parameters }, () => [TYPE.f32]));
  const [memoryImport, functionExport] = [0x02, 0x00];
  const noMaximum = 0x00;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...section(SECTION.types, list([[TYPE.function, ...parameterTypes, 0]])),
    ...section(
      SECTION.imports,
      list([[...name("env"), ...name("memory"), memoryImport, noMaximum, 1]]),
    ),
    ...section(SECTION.functions, list([[0]])),
    ...section(SECTION.exports, list([[...name("run"), functionExport, 0]])),
    ...section(SECTION.code, list([[...unsigned(body.length), ...body]])),
  ]);
}

const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes];
const list = (items: readonly (readonly number[])[]) => [
  ...unsigned(items.length),
  ...items.flat(),
];
const name = (text: string) => list([...text].map((letter) => [letter.charCodeAt(0)]));

/** LEB128 of a number from 0 to 2³² − 1. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** LEB128 of an i32 constant that is not negative: its highest bit is its sign. */
export function positive(value: number): number[] {
  const bytes = unsigned(value);
  const last = bytes.length - 1;
  const highest = bytes[last] as number;
  return highest < 64 ? bytes : [...bytes.slice(0, last), highest + 128, 0];
}
