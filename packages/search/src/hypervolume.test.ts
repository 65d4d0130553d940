import fc from "fast-check";
import { expect, test } from "vitest";
import recorded from "../fixtures/vectors.json" with { type: "json" };
import type { Losses } from "./dominance.js";
import { hypervolume, hypervolumeContribution } from "./hypervolume.js";
import { referencePointOf, selectByHypervolume } from "./selectByHypervolume.js";

const indexed = <Case>(cases: readonly Case[]) => cases.map((given, index) => ({ index, given }));

test.each(indexed(recorded.hypervolume))("case $index equals Optuna's", ({ given }) => {
  expect(hypervolume(given.points, given.reference_point)).toBeCloseTo(given.hypervolume, 12);
});

test.each(indexed(recorded.hssp))(
  "the subset of case $index is chosen in Optuna's order",
  ({ given }) => {
    const chosen = selectByHypervolume(given.points, given.subset_size, given.reference_point);
    expect(chosen).toEqual(given.selected_in_order);
  },
);

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const pointsOf = (objectives: number, maxLength: number) =>
  fc.array(fc.array(unit, { minLength: objectives, maxLength: objectives }), { maxLength });
const anyPoints = fc.integer({ min: 1, max: 5 }).chain((objectives) => pointsOf(objectives, 9));

/** The volume of a union of boxes, over all its subsets: exact, and exponential. */
function byInclusionExclusion(points: readonly Losses[], reference: Losses): number {
  let volume = 0;
  for (let subset = 1; subset < 2 ** points.length; subset++) {
    const members = points.filter((_, index) => subset & (1 << index));
    const corner = reference.map((_, objective) =>
      Math.max(...members.map((point) => point[objective] ?? 0)),
    );
    const sides = reference.map((limit, objective) =>
      Math.max(0, limit - (corner[objective] ?? 0)),
    );
    const box = sides.reduce((product, side) => product * side, 1);
    volume += members.length % 2 === 1 ? box : -box;
  }
  return volume;
}

test("it is what inclusion and exclusion give, in any number of objectives", () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const reference = (points[0] ?? [0]).map((_, objective) => 0.7 + 0.1 * objective);
      const expected = byInclusionExclusion(points, reference);
      expect(hypervolume(points, reference)).toBeCloseTo(expected, 10);
    }),
  );
});

test("a point's contribution is the difference that it makes", () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const [point = [0], ...others] = points;
      const reference = point.map(() => 0.9);
      const difference =
        hypervolume([point, ...others], reference) - hypervolume(others, reference);
      expect(hypervolumeContribution(point, others, reference)).toBeCloseTo(difference, 10);
    }),
  );
});

test("minus infinity in an objective dominates an infinite volume", () => {
  expect(hypervolume([[Number.NEGATIVE_INFINITY, 0.5]], [1, 1])).toBe(Number.POSITIVE_INFINITY);
  expect(hypervolume([[Number.NEGATIVE_INFINITY, 2]], [1, 1])).toBe(0);
});

test("the greedy subset dominates at least 1 - 1/e of what the best one does", () => {
  fc.assert(
    fc.property(pointsOf(3, 8), fc.integer({ min: 1, max: 4 }), (points, count) => {
      const reference = [1.1, 1.1, 1.1];
      const volumeOf = (indices: readonly number[]) =>
        hypervolume(
          indices.map((index) => points[index] ?? []),
          reference,
        );
      let best = 0;
      for (let subset = 0; subset < 2 ** points.length; subset++) {
        const indices = points.flatMap((_, index) => (subset & (1 << index) ? [index] : []));
        if (indices.length <= count) best = Math.max(best, volumeOf(indices));
      }
      const greedy = volumeOf(selectByHypervolume(points, count, reference));
      expect(greedy).toBeGreaterThanOrEqual((1 - 1 / Math.E) * best - 1e-12);
    }),
    { numRuns: 50 },
  );
});

test("the default reference point lies a tenth beyond the worst values, whatever their sign", () => {
  const reference = referencePointOf([
    [10, -10, 0],
    [5, -20, -1],
  ]);
  expect(reference).toEqual([11, -9, 1e-12]);
});
