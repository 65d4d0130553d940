import { expect, test } from "vitest";
import { bestObservation } from "./best.js";
import type { Observation } from "./observation.js";

const run = (number: number, value: number | null, rest: Partial<Observation> = {}) => ({
  number,
  params: {},
  state: "completed" as const,
  value,
  ...rest,
});

test("the best completed run wins in either direction", () => {
  const history = [run(0, 0.8), run(1, 0.9), run(2, -1)];
  expect(bestObservation(history, { direction: "maximize" })?.number).toBe(1);
  expect(bestObservation(history, { direction: "minimize" })?.number).toBe(2);
});

test("of equal values the lowest number wins, in any order of runs", () => {
  const history = [run(4, 1), run(2, 1), run(3, 1)];
  expect(bestObservation(history, { direction: "maximize" })?.number).toBe(2);
  expect(bestObservation(history.toReversed(), { direction: "minimize" })?.number).toBe(2);
});

test("what is not finite, not completed or excluded never wins", () => {
  const history = [
    run(0, Number.NaN),
    run(1, Number.POSITIVE_INFINITY),
    run(2, Number.NEGATIVE_INFINITY),
    run(3, null),
    run(4, 5, { excluded: true }),
    run(5, 6, { state: "pruned" }),
    run(6, 7, { state: "running" }),
  ];
  expect(bestObservation(history, { direction: "maximize" })).toBeNull();
  expect(bestObservation(history, { direction: "minimize" })).toBeNull();
  expect(bestObservation([...history, run(9, 0)], { direction: "minimize" })?.number).toBe(9);
  expect(bestObservation([], { direction: "minimize" })).toBeNull();
});
