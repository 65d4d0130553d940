import { Direction, Params, RegretTerminatorConfig, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import recorded from "../fixtures/terminator.json" with { type: "json" };
import type { Observation } from "./observation.js";
import { toSpace } from "./recordedSpace.js";
import { regretBound } from "./regretBound.js";
import { judgeRegret, regretReason, validationError } from "./regretTerminator.js";

const Case = z.object({
  case: z.object({
    name: z.string(),
    direction: Direction,
    space: z.record(z.string(), z.unknown()),
    regret_bound: z.array(z.object({ runs: z.int(), mean: z.number() })),
    median_error: z.number(),
  }),
  runs: z.array(z.object({ params: Params, value: z.number() })),
});

const cases = z
  .array(Case)
  .parse(recorded)
  .map(({ case: { name, space, ...rest }, runs }) => ({
    ...rest,
    name,
    space: toSpace(space),
    history: runs.map((run, number): Observation => ({ ...run, number, state: "completed" })),
  }));

const TOP = { topRatio: 0.5, topMin: 20, seed: 0 };
const config = (more: object = {}) =>
  RegretTerminatorConfig.parse({ name: "regret_bound", ...more });

/** Both fits end near the same kernel, and each looks at 2,048 points of its own. */
const TOLERANCE = 0.03;

test.each(cases)("bounds and errors on $name are Optuna's", (each) => {
  const { space, direction, history } = each;
  for (const { runs, mean } of each.regret_bound) {
    const bound = regretBound(history.slice(0, runs), { space, direction, ...TOP });
    expect(Number(bound) / mean).toBeGreaterThan(1 - TOLERANCE);
    expect(Number(bound) / mean).toBeLessThan(1 + TOLERANCE);
  }
  const figures = judgeRegret(config(), history, { space, direction, folds: null, seed: 0 });
  expect(figures?.runs).toBe(history.length);
  expect(Number(figures?.error) / each.median_error).toBeGreaterThan(1 - TOLERANCE);
  expect(Number(figures?.error) / each.median_error).toBeLessThan(1 + TOLERANCE);
});

const space = Space.parse({ x: { type: "float", low: 0, high: 1 } });
const situation = { space, direction: "minimize", folds: null, seed: 1 } as const;
const run = (number: number, value: number | null, more: Partial<Observation> = {}) =>
  ({ number, params: { x: (number % 97) / 97 }, state: "completed", value, ...more }) as const;

test("runs that teach nothing count as nothing", () => {
  const good = Array.from({ length: 20 }, (_, number) => run(number, number % 7));
  const rest: Observation[] = [
    run(20, Number.NaN),
    run(21, Number.NEGATIVE_INFINITY),
    run(22, null, { state: "failed" }),
    run(23, null, { state: "diverged" }),
    run(24, 3, { state: "pruned" }),
    run(25, null, { state: "running" }),
    run(26, -100, { excluded: true }),
  ];
  const judged = judgeRegret(config(), good, situation);
  expect(judged).toMatchObject({ runs: 20, error: null });
  expect(judgeRegret(config(), [...rest, ...good].reverse(), situation)).toEqual(judged);
  expect(judgeRegret(config(), good.slice(1), situation)).toBeNull();
});

test("what was found before is found again without computing it", () => {
  const history = Array.from({ length: 30 }, (_, number) => run(number, number % 7));
  const known = { runs: 30, regretBound: 12, error: 34 };
  expect(judgeRegret(config(), history, { ...situation, known })).toBe(known);
  // The median's error is that of the first runs for good.
  const before = { ...known, runs: 29 };
  expect(judgeRegret(config(), history, { ...situation, known: before })?.error).toBe(34);
});

test("nothing is judged where there is nothing to choose", () => {
  const one = Space.parse({ x: { type: "constant", value: 1 } });
  const history = Array.from({ length: 20 }, (_, number) => run(number, 1, { params: { x: 1 } }));
  expect(judgeRegret(config(), history, { ...situation, space: one })).toBeNull();
});

test("equal values, and values beyond all measure, make no NaN", () => {
  for (const value of [0, 1, 1e300, -1e300, 1e-300]) {
    const history = Array.from({ length: 25 }, (_, number) => run(number, value));
    expect(judgeRegret(config(), history, situation)?.regretBound).toBeGreaterThanOrEqual(0);
  }
  const spread = Array.from({ length: 25 }, (_, number) => run(number, (number - 12) * 1e306));
  expect(judgeRegret(config(), spread, situation)?.regretBound).toBeGreaterThan(0);
});

test("ten thousand runs are judged by the best of them", () => {
  const history = Array.from({ length: 10_000 }, (_, number) =>
    run(number, ((number * 7919) % 10_007) / 10_007),
  );
  const error = { name: "static", constant: 0 };
  const judged = judgeRegret(config({ error }), history, situation);
  expect(judged?.runs).toBe(10_000);
  expect(judged && regretReason(judged)).toBeNull();
});

test.each([
  ["folds", [0.7, 0.8, 0.9], 3, Math.sqrt((0.02 / 3) * (1 / 3 + 1 / 2))],
  ["folds of two repeats", [0.6, 0.7, 0.8, 0.9], 2, Math.sqrt(0.0025 * 1.5)],
  ["repeats", [0.7, 0.8], null, Math.sqrt(0.0025 * 1.5)],
  ["one that counts no more", [0.7, null, 0.8], null, Math.sqrt(0.0025 * 1.5)],
])("the error of %s", (_, values, folds, expected) => {
  expect(validationError(values, folds)).toBeCloseTo(expected, 12);
});

test("one value has no error", () => {
  expect(validationError([0.7, null], null)).toBeNull();
  expect(validationError([], 2)).toBeNull();
});
