import { expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { createUniform, hash3, u01 } from "./uniform.js";

test.each(vectors.hash)("hash3($args) is the recorded hash", ({ args, hash3: hash, u01: unit }) => {
  const [a = 0, b = 0, c = 0] = args;
  expect(hash3(a, b, c)).toBe(hash);
  expect(u01(a, b, c)).toBe(unit);
});

test("draws are uniform on [0, 1) and repeat for the same seed and stream", () => {
  const draws = (seed: number, stream: number) => {
    const nextUnit = createUniform(seed, stream);
    return Array.from({ length: 4000 }, () => nextUnit());
  };
  const first = draws(3, 5);
  expect(draws(3, 5)).toEqual(first);
  expect(draws(3, 6)).not.toEqual(first);
  expect(draws(5, 3)).not.toEqual(first);
  expect(new Set(first).size).toBe(first.length);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...first)).toBeLessThan(1);
  const mean = first.reduce((sum, unit) => sum + unit, 0) / first.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / first.length));
});

test("streams of one seed do not run in step", () => {
  const [one, two] = [createUniform(0, 0), createUniform(0, 1)];
  let product = 0;
  for (let draw = 0; draw < 4000; draw++) product += (one() - 0.5) * (two() - 0.5);
  expect(Math.abs(product / 4000)).toBeLessThan(4 / 12 / Math.sqrt(4000));
});
