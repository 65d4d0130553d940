import fc from "fast-check";
import { expect, test } from "vitest";
import recorded from "../fixtures/vectors.json" with { type: "json" };
import { bestByDominance } from "./bestByDominance.js";
import { crowdingDistances } from "./crowdingDistance.js";
import { dominates, nondominatedIndices, nondominatedRanks } from "./dominance.js";

const indexed = <Case>(cases: readonly Case[]) => cases.map((given, index) => ({ index, given }));

test.each(indexed(recorded.nondomination))(
  "ranks and crowding of case $index equal Optuna's",
  ({ given }) => {
    const points = given.points.map((point) => point.map(Number));
    const ranks = nondominatedRanks(points);
    expect([...ranks]).toEqual(given.rank);
    const onFront = new Set(nondominatedIndices(points));
    expect(points.map((_, index) => onFront.has(index))).toEqual(given.pareto);
    const distances = new Float64Array(points.length);
    for (let rank = 0; rank <= Math.max(...ranks); rank++) {
      const front = [...ranks.keys()].filter((index) => ranks[index] === rank);
      const within = crowdingDistances(front.map((index) => points[index] ?? []));
      for (const [position, index] of front.entries()) distances[index] = within[position] ?? 0;
    }
    for (const [index, distance] of given.crowding_distance_within_rank.entries())
      expect(distances[index]).toBeCloseTo(Number(distance), 12);
  },
);

test.each(indexed(recorded.tpe_split_multi))(
  "the good runs of case $index are Optuna's",
  ({ given }) => {
    expect(bestByDominance(given.points, given.n_below)).toEqual(given.below);
  },
);

const coordinate = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const anyPoints = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(fc.array(coordinate, { minLength: objectives, maxLength: objectives }), {
    maxLength: 25,
  }),
);

test("a point's rank is one more than the highest rank of those that dominate it", () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const ranks = nondominatedRanks(points);
      const expected = points.map((point) => {
        const above = points.flatMap((other, index) =>
          dominates(other, point) ? [ranks[index] ?? 0] : [],
        );
        return Math.max(-1, ...above) + 1;
      });
      expect([...ranks]).toEqual(expected);
    }),
  );
});

test("the front holds exactly the points that no other one dominates", () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const brute = points.flatMap((point, index) =>
        points.some((other) => dominates(other, point)) ? [] : [index],
      );
      expect(nondominatedIndices(points)).toEqual(brute);
    }),
  );
});

test("the best points are never beaten by one that was left out", () => {
  fc.assert(
    fc.property(anyPoints, fc.nat({ max: 30 }), (points, count) => {
      const best = bestByDominance(points, count);
      expect(new Set(best).size).toBe(Math.min(count, points.length));
      const rest = points.filter((_, index) => !best.includes(index));
      for (const index of best)
        expect(rest.filter((other) => dominates(other, points[index] ?? []))).toEqual([]);
    }),
  );
});
