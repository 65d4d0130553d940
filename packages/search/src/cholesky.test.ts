import fc from "fast-check";
import { expect, test } from "vitest";
import {
  choleskyInPlace,
  invertFromCholesky,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "./cholesky.js";

/** B Bᵀ + I for any B: symmetric and positive definite. */
const positiveDefinite = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc
    .array(fc.double({ min: -3, max: 3, noNaN: true }), {
      minLength: size * size,
      maxLength: size * size,
    })
    .map((b) => {
      const entry = (i: number, j: number) =>
        range(size).reduce((sum, k) => sum + (b[i * size + k] ?? 0) * (b[j * size + k] ?? 0), 0);
      const matrix = range(size).map((i) => range(size).map((j) => entry(i, j) + Number(i === j)));
      return { size, matrix };
    }),
);

const range = (size: number) => Array.from({ length: size }, (_, index) => index);

/** The factor by the definition, entry by entry. */
function plainCholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (const [i, row] of matrix.entries())
    for (let j = 0; j <= i; j++) {
      let sum = row[j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i]?.[k] ?? 0) * (lower[j]?.[k] ?? 0);
      const target = lower[i];
      if (target) target[j] = i === j ? Math.sqrt(sum) : sum / (lower[j]?.[j] ?? 1);
    }
  return lower;
}

test("the factor is the one by the definition, for even and odd sizes", () => {
  fc.assert(
    fc.property(positiveDefinite, ({ size, matrix }) => {
      const lower = Float64Array.from(matrix.flat());
      expect(choleskyInPlace(lower, size)).toBe(true);
      const expected = plainCholesky(matrix);
      for (const i of range(size))
        for (let j = 0; j <= i; j++)
          expect(lower[i * size + j]).toBeCloseTo(expected[i]?.[j] ?? Number.NaN, 9);
    }),
  );
});

test("solving and inverting undo the matrix, for one vector, two and three", () => {
  const cases = fc.record({ given: positiveDefinite, count: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(cases, ({ given: { size, matrix }, count }) => {
      const lower = Float64Array.from(matrix.flat());
      choleskyInPlace(lower, size);
      const times = (vector: Float64Array) =>
        matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * (vector[j] ?? 0), 0));
      const rights = Float64Array.from({ length: count * size }, (_, index) => index - 2);
      const solutions = rights.slice();
      solveLowerInPlace(lower, solutions, size, count);
      for (const vector of range(count)) {
        const solution = solutions.slice(vector * size, (vector + 1) * size);
        solveLowerTransposedInPlace(lower, solution, size);
        for (const [index, value] of times(solution).entries())
          expect(value).toBeCloseTo(rights[vector * size + index] ?? 0, 7);
      }
      const inverse = new Float64Array(size * size);
      invertFromCholesky(lower, size, inverse, new Float64Array(size * size));
      for (const i of range(size))
        for (const [j, value] of times(inverse.slice(i * size, (i + 1) * size)).entries())
          expect(value).toBeCloseTo(Number(i === j), 7);
    }),
  );
});

test("a matrix that is not positive definite, or holds a NaN, has no factor", () => {
  expect(choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
  expect(choleskyInPlace(Float64Array.of(0), 1)).toBe(false);
  expect(choleskyInPlace(Float64Array.of(1, 0, Number.NaN, 1), 2)).toBe(false);
});
