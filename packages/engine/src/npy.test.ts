import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { decodeNpy, encodeNpy } from "./npy.js";

/** A .npy file as NumPy writes it, of any type. */
function npy(descr: string, shape: number[], bytes: Uint8Array, fortran = false, version = 1) {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${axes}), }`;
  const start = version === 1 ? 10 : 12;
  const padded = `${text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1)}\n`;
  const head = Buffer.alloc(start);
  head.write("\x93NUMPY", "latin1");
  head[6] = version;
  if (version === 1) head.writeUInt16LE(padded.length, 8);
  else head.writeUInt32LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded), bytes]);
}

const bytesOf = (array: ArrayBufferView) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

test.each([
  ["|u1", Uint8Array.of(0, 7, 255), [0, 7, 255]],
  ["|b1", Uint8Array.of(0, 1, 1), [0, 1, 1]],
  ["|i1", Int8Array.of(-128, 0, 127), [-128, 0, 127]],
  ["<u2", Uint16Array.of(0, 1, 65535), [0, 1, 65535]],
  ["<i2", Int16Array.of(-5, 0, 5), [-5, 0, 5]],
  ["<u4", Uint32Array.of(0, 1, 4294967295), [0, 1, 4294967295]],
  ["<i4", Int32Array.of(-5, 0, 5), [-5, 0, 5]],
  ["<u8", BigUint64Array.of(0n, 1n, 2n ** 40n), [0, 1, 2 ** 40]],
  ["<i8", BigInt64Array.of(-1n, 0n, 9n), [-1, 0, 9]],
  ["<f4", Float32Array.of(-1.5, 0, 2.25), [-1.5, 0, 2.25]],
  ["<f8", Float64Array.of(-1.5, 0, 0.1), [-1.5, 0, 0.1]],
])("numbers of type %s", (descr, array, expected) => {
  const { shape, data } = decodeNpy(npy(descr, [3], bytesOf(array)), "x.npy");
  expect(shape).toEqual([3]);
  expect([...data]).toEqual(expected);
});

test("Fortran order becomes row-major", () => {
  // np.asfortranarray(np.arange(24).reshape(2, 3, 4)) lies in memory as:
  const memory = Array.from({ length: 24 }, (_, at) => {
    const [a, b, c] = [at % 2, Math.floor(at / 2) % 3, Math.floor(at / 6)];
    return a * 12 + b * 4 + c;
  });
  const bytes = npy("<i4", [2, 3, 4], bytesOf(Int32Array.from(memory)), true, 2);
  expect([...decodeNpy(bytes, "x").data]).toEqual([...Array(24).keys()]);
});

test.each([
  [[3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)],
  [[4], Uint8Array.of(1, 2, 3, 4)],
  [[1, 2, 1], Int32Array.of(-7, 7)],
])("an array of shape %j survives writing and reading", (shape, data) => {
  expect(decodeNpy(encodeNpy({ shape, data }), "x")).toEqual({ shape, data });
});

const PYTHON = "python3";
const hasNumpy = () => {
  try {
    execFileSync(PYTHON, ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

test.runIf(hasNumpy())("NumPy reads what is written, to the byte it would write", () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const program =
    "import sys, io, numpy as np\n" +
    "a = np.load(io.BytesIO(sys.stdin.buffer.read())); b = io.BytesIO(); np.save(b, a)\n" +
    "assert a.shape == (3, 2) and a.dtype == np.float32 and a[1, 0] == 3\n" +
    "sys.stdout.buffer.write(b.getvalue())";
  const input = encodeNpy({ shape: [3, 2], data });
  const output = execFileSync(PYTHON, ["-c", program], { input });
  expect(Buffer.compare(output, input)).toBe(0);
});

describe("what can't be read is refused by name", () => {
  test.each([
    ["something else", Buffer.from("hello"), "a.npy is no .npy file"],
    ["big-endian", npy(">f4", [1], new Uint8Array(4)), "holds >f4"],
    ["text", npy("<U5", [1], new Uint8Array(20)), "holds <U5"],
    ["objects", npy("|O", [1], new Uint8Array(8)), "holds |O"],
    ["texts", npy("<U3", [1], new Uint8Array(12)), "names become integers by np.unique"],
    ["too few bytes", npy("<f4", [3], new Uint8Array(8)), "has 8 bytes of numbers"],
    ["a shape beyond memory", npy("<f4", [2 ** 20, 2 ** 20], new Uint8Array(4)), "the most is"],
    ["a later version", npy("<f4", [1], new Uint8Array(4), false, 9), "version 9"],
    ["a cut header", npy("<f4", [1], new Uint8Array(4)).subarray(0, 40), "cut off in its header"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeNpy(bytes, "a.npy")).toThrow(message);
    expect(() => decodeNpy(bytes, "a.npy")).toThrow(/^a.npy /);
  });
});

test("a Buffer that is part of a larger one is read where it lies", () => {
  const whole = npy("<f4", [2], bytesOf(Float32Array.of(3, 4)));
  const part = Buffer.concat([Buffer.from("xyz"), whole]).subarray(3);
  expect([...decodeNpy(part, "x").data]).toEqual([3, 4]);
});
