import { describe, expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { rankedByDominance, splitByDominance } from "./motpeSplit.js";
import type { Observation } from "./observation.js";
import { createTpeSampler } from "./tpe.js";

const directions = ["minimize", "maximize"] as const;
const goal = { direction: "minimize", directions } as const;
const options = { n_startup_trials: 10, n_ei_candidates: 24 };

describeSampler("tpe of several objectives", createTpeSampler(options, goal));

const run = (number: number, values: number[], more: Partial<Observation> = {}): Observation => ({
  number,
  params: {},
  state: "completed",
  value: values[0] ?? null,
  values,
  ...more,
});
const numbers = (runs: readonly Observation[]) => runs.map(({ number }) => number);

describe("good and bad runs of several objectives", () => {
  const history = [
    run(1, [0, 0]),
    run(2, [1, 1]),
    run(3, [0.5, 0.2]),
    run(4, [2, 0]),
    run(5, [0, 9], { constraints: [2] }),
    run(6, [0, 9], { constraints: [1] }),
    run(7, [], { state: "pruned", points: [{ step: 3, value: 1 }] }),
    run(8, [], { state: "running" }),
    run(9, [], { state: "failed" }),
    run(10, [0, 99], { excluded: true }),
  ];

  test.each([
    { count: 2, good: [2, 3] }, // of the first front those that dominate most
    { count: 3, good: [1, 2, 3] },
    { count: 4, good: [1, 2, 3, 4] },
    { count: 5, good: [1, 2, 3, 4, 7] },
    { count: 6, good: [1, 2, 3, 4, 6, 7] }, // the smaller violation first
  ])("the best $count", ({ count, good }) => {
    const split = splitByDominance(history.toReversed(), directions, count);
    expect(numbers(split.good)).toEqual(good);
    const rest = [1, 2, 3, 4, 5, 6, 7, 8].filter((number) => !good.includes(number));
    expect(numbers(split.bad)).toEqual(rest);
  });

  test("those that can be ranked leave out what has no result", () => {
    expect(numbers(rankedByDominance(history, directions))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});
