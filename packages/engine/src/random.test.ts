import { expect, test } from "vitest";
import { createUint32, createUniform, philox } from "./random.js";

const hex = (values: readonly number[]) => values.map((v) => v.toString(16).padStart(8, "0"));

// Known answers of Random123, the authors' own code: kat_vectors, philox4x32 10
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
  ],
] as const)("philox(%s, %s)", (counter, key, want) => {
  expect(hex(philox(counter, key))).toEqual(want);
});

test("streams of other seeds, purposes and indexes differ", () => {
  const first = (seed: number, stream: number, index: number) =>
    Array.from({ length: 4 }, createUint32(seed, stream, index));
  const streams = [first(1, 1, 0), first(2, 1, 0), first(1, 2, 0), first(1, 1, 1)];
  expect(new Set(streams.flat()).size).toBe(16);
  expect(first(1, 1, 0)).toEqual(streams[0]);
});

test("uniform draws fill [0, 1) evenly", () => {
  const draws = Array.from({ length: 20_000 }, createUniform(7, 1, 0));
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * draws.length));
});
