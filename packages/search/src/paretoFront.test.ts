import { expect, test } from "vitest";
import { beats, scoredRuns } from "./objectives.js";
import type { Observation } from "./observation.js";
import { defaultReferencePoint, hypervolumeHistory, paretoFront } from "./paretoFront.js";

const run = (
  number: number,
  values: readonly (number | null)[],
  more: Partial<Observation> = {},
): Observation => ({
  number,
  params: {},
  state: "completed",
  value: values[0] ?? null,
  values,
  ...more,
});

const directions = ["maximize", "minimize"] as const;

test("the front honours directions and leaves out what can't be compared", () => {
  const history = [
    run(1, [0.9, 100]),
    run(2, [0.8, 50]),
    run(3, [0.8, 60]),
    run(4, [0.99, 10], { excluded: true }),
    run(5, [0.99, 10], { state: "pruned" }),
    run(6, [0.99, Number.NaN]),
    run(7, [0.99, null]),
    run(8, [0.99, 10], { constraints: [-1, 0.5] }),
    run(9, [0.99, 10], { constraints: [null] }),
    run(10, [0.8, 50], { constraints: [-1, 0] }),
    run(11, [0.99]),
  ];
  const front = paretoFront(history.toReversed(), directions);
  expect(front.map(({ number }) => number)).toEqual([1, 2, 10]);
});

test("with one objective the front is the best run", () => {
  const history = [0.2, 0.1, 0.3].map((value, number) => run(number, [value]));
  expect(paretoFront(history, ["minimize"])).toEqual([history[1]]);
  expect(paretoFront([], ["minimize"])).toEqual([]);
});

test("the hypervolume grows run by run, in the order of their numbers", () => {
  const history = [run(3, [3, 3]), run(1, [1, 2]), run(2, [0, 3]), run(4, [2, 1])];
  const points = hypervolumeHistory(history, directions, [0, 4]);
  expect(points).toEqual([
    { number: 1, hypervolume: 2 },
    { number: 2, hypervolume: 2 },
    { number: 3, hypervolume: 4 },
    { number: 4, hypervolume: 7 },
  ]);
});

test("without a reference point it is a tenth beyond the front's worst values", () => {
  const history = [run(1, [10, 5]), run(2, [20, 8]), run(3, [1, 100])];
  expect(defaultReferencePoint(history, directions)).toEqual([9, 8.8]);
  expect(hypervolumeHistory(history, directions).at(-1)?.hypervolume).toBeCloseTo(
    1 * 3.8 + 10 * 0.8,
    12,
  );
  expect(hypervolumeHistory([], directions)).toEqual([]);
});

test("Deb's rules: feasible first, then the smaller violation, then dominance", () => {
  const [good, better, bad, worse] = scoredRuns(
    [
      run(1, [1, 1]),
      run(2, [2, 1]),
      run(3, [9, 0], { constraints: [1, 0.5] }),
      run(4, [9, 0], { constraints: [2, -5] }),
    ],
    directions,
  );
  if (!good || !better || !bad || !worse) throw new Error("all four runs count");
  expect([beats(good, bad), beats(bad, good)]).toEqual([true, false]);
  expect([beats(bad, worse), beats(worse, bad)]).toEqual([true, false]);
  expect([beats(better, good), beats(good, better), beats(good, good)]).toEqual([
    true,
    false,
    false,
  ]);
});
