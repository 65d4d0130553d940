import { expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { describeSampler } from "./conformance.js";
import { createHaltonSampler } from "./halton.js";
import { haltonUnit } from "./haltonSequence.js";

describeSampler("halton", createHaltonSampler({ scramble: true }));
describeSampler("unscrambled halton", createHaltonSampler({ scramble: false }));

test.each(vectors.halton)("points in $dims dimensions are SciPy's", ({ dims, points }) => {
  for (const [index, point] of points.entries())
    for (let dimension = 0; dimension < dims; dimension++)
      expect(haltonUnit(index, dimension, null)).toBeCloseTo(point[dimension] ?? Number.NaN, 14);
});

test.each([0, 12345])("scrambled points fill the strata of each base, seed %s", (seed) => {
  for (const [dimension, base] of [2, 3, 5, 7, 11].entries()) {
    const strata = Array.from({ length: base * base }, (_, index) =>
      Math.floor(haltonUnit(index, dimension, seed) * base * base),
    );
    expect(new Set(strata).size).toBe(base * base);
  }
});

test("coordinates of two large bases are not in step once scrambled", () => {
  // Unscrambled, the first 100 points of bases 43 and 47 lie on a few lines.
  const correlation = (seed: number | null) => {
    const [a, b] = [13, 14].map((dimension) =>
      Array.from({ length: 100 }, (_, index) => haltonUnit(index, dimension, seed)),
    );
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const [meanA, meanB] = [mean(a ?? []), mean(b ?? [])];
    const covariance = mean((a ?? []).map((value, i) => (value - meanA) * ((b?.[i] ?? 0) - meanB)));
    return covariance * 12;
  };
  expect(correlation(null)).toBeGreaterThan(0.4);
  expect(Math.abs(correlation(7))).toBeLessThan(0.3);
});
