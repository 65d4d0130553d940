import { z } from "zod";
import { bestByDominance } from "../../bestByDominance.js";
import { crowdingDistances } from "../../crowdingDistance.js";
import { nondominatedIndices, nondominatedRanks } from "../../dominance.js";
import { hypervolume } from "../../hypervolume.js";
import { selectByHypervolume } from "../../selectByHypervolume.js";
import { RecordedNumber } from "../recordedNumber.js";
import { type Pair, vectorCheck } from "../vectorCheck.js";

const Numbers = z.array(RecordedNumber);
const points = z.array(Numbers);

const RecordedNondomination = z.object({
  points,
  rank: z.array(z.int()),
  pareto: z.array(z.boolean()),
  crowding_distance_within_rank: Numbers,
});

function* nondominationPairs(
  recorded: z.infer<typeof RecordedNondomination>,
  index: number,
): Generator<Pair> {
  const ranks = nondominatedRanks(recorded.points);
  const best = new Set(nondominatedIndices(recorded.points));
  const distances = recorded.points.map((_, point) => {
    const front = [...ranks.keys()].filter((other) => ranks[other] === ranks[point]);
    const losses = front.map((other) => recorded.points[other] ?? []);
    return crowdingDistances(losses)[front.indexOf(point)];
  });
  const of = `case ${index}:`;
  yield { of: `${of} ranks`, actual: [...ranks], expected: recorded.rank };
  yield {
    of: `${of} front`,
    actual: recorded.points.map((_, point) => best.has(point)),
    expected: recorded.pareto,
  };
  yield {
    of: `${of} crowding`,
    actual: distances,
    expected: recorded.crowding_distance_within_rank,
  };
}

export const multiObjectiveVectors = [
  vectorCheck(
    "hypervolume",
    z.array(z.object({ reference_point: Numbers, points, hypervolume: RecordedNumber })),
    (recorded) =>
      recorded.map((each, index) => ({
        of: `case ${index}`,
        actual: hypervolume(each.points, each.reference_point),
        expected: each.hypervolume,
      })),
  ),
  vectorCheck("nondomination", z.array(RecordedNondomination), (recorded) =>
    recorded.flatMap((each, index) => [...nondominationPairs(each, index)]),
  ),
  vectorCheck(
    "hssp",
    z.array(
      z.object({
        reference_point: Numbers,
        points,
        subset_size: z.int(),
        selected_in_order: z.array(z.int()),
      }),
    ),
    (recorded) =>
      recorded.map((each, index) => ({
        of: `case ${index}`,
        actual: selectByHypervolume(each.points, each.subset_size, each.reference_point),
        expected: each.selected_in_order,
      })),
  ),
  vectorCheck(
    "tpe_split_multi",
    z.array(z.object({ points, n_below: z.int(), below: z.array(z.int()) })),
    (recorded) =>
      recorded.map((each, index) => ({
        of: `case ${index}`,
        actual: bestByDominance(each.points, each.n_below),
        expected: each.below,
      })),
  ),
];
