import { Space } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import type { Observation } from "../observation.js";
import { randomSampler } from "../random.js";
import { fanova, fanovaPairs } from "./fanova.js";
import { meanDecreaseImpurity } from "./meanDecreaseImpurity.js";
import { pedAnova } from "./pedAnova.js";

const space = Space.parse({
  strong: { type: "float", low: 0, high: 1 },
  log: { type: "float", low: 1e-6, high: 1, log: true },
  kind: { type: "categorical", choices: ["a", "b", "c"] },
  only_b: {
    type: "float",
    low: 0,
    high: 1,
    when: { param: "kind", op: "==", value: "b" },
  },
  normal: { type: "normal", mu: 0, sigma: 2 },
  rank: { type: "ordinal", choices: [1, 8, 64] },
  fixed: { type: "constant", value: 3 },
});

type Value = (params: Record<string, number>) => number;

function history(value: Value, runs = 200): Observation[] {
  const made: Observation[] = [];
  for (let number = 0; number < runs; number++) {
    const params = randomSampler.ask(space, made, 3)?.params ?? {};
    const state = number % 10 === 9 ? "failed" : "completed";
    made.push({ number, params, state, value: value(params as Record<string, number>) });
  }
  return made;
}

const METHODS = {
  fanova,
  "mean decrease impurity": meanDecreaseImpurity,
  "PED-ANOVA": (task: Parameters<typeof fanova>[0]) => pedAnova(task, ["minimize"]),
} as const;

describe.each(Object.entries(METHODS))("%s", (_name, evaluate) => {
  test.each<[string, Value]>([
    ["strong", ({ strong = 0 }) => strong],
    ["normal", ({ normal = 0 }) => normal],
    ["rank", ({ rank = 0 }) => Math.log(rank)],
    ["kind", ({ kind }) => Number(String(kind) === "a")],
    // Where it is absent the value is that of its middle.
    ["only_b", ({ only_b = 0.5 }) => only_b],
  ])("puts first what alone makes a difference: %s", (name, value) => {
    expect(evaluate({ space, history: history(value) })[0]?.name).toBe(name);
  });

  test("gives the same answer to the same runs in any order, excluded and odd ones left out", () => {
    const runs = history(({ strong = 0 }) => strong, 80);
    const odd: Observation[] = [
      { number: 900, params: { strong: 5 }, state: "completed", value: 1 },
      { number: 901, params: runs[0]?.params ?? {}, state: "completed", value: Number.NaN },
      { number: 902, params: runs[0]?.params ?? {}, state: "running", value: 1e9 },
      { number: 903, params: runs[0]?.params ?? {}, state: "completed", value: 9, excluded: true },
    ];
    const first = evaluate({ space, history: runs });
    expect(evaluate({ space, history: [...odd, ...runs.toReversed()] })).toEqual(first);
  });

  test("has nothing to say of no run, of one, and of values that are all the same", () => {
    for (const runs of [0, 1, 40]) {
      const found = evaluate({ space, history: history(() => 7, runs) });
      expect(found.every(({ importance }) => importance === 0 || Number.isFinite(importance))).toBe(
        true,
      );
    }
  });

  test("bears values as large as doubles get", () => {
    const found = evaluate({ space, history: history(({ strong = 0 }) => strong * 1.7e308) });
    expect(found[0]?.name).toBe("strong");
    expect(found.every(({ importance }) => Number.isFinite(importance))).toBe(true);
  });
});

test("a log dimension counts by its logarithm, or as Optuna has it, by its value", () => {
  const runs = history(({ log = 0, strong = 0 }) => Math.log10(log) + 2 * strong);
  const importanceOf = (axis: "raw" | "search") =>
    fanova({ space, history: runs }, { axis }).find(({ name }) => name === "log")?.importance ?? 0;
  expect(importanceOf("search")).toBeGreaterThan(0.7);
  // 0.36 in truth, but a tree has few runs to tell the last decade by.
  expect(importanceOf("raw")).toBeLessThan(0.6);
});

test("a pair that only acts together is found", () => {
  const runs = history(({ strong = 0, rank = 0 }) => (strong - 0.5) * (Math.log2(rank) - 3));
  const [pair] = fanovaPairs({ space, history: runs });
  expect(pair?.names).toEqual(["strong", "rank"]);
  expect(pair?.importance).toBeGreaterThan(0.3);
});

test("a conditional dimension counts by the part of the variance among the runs that have it", () => {
  const runs = history(({ only_b, strong = 0 }) => (only_b === undefined ? 10 * strong : only_b));
  const found = new Map(fanova({ space, history: runs }).map((each) => [each.name, each]));
  expect(found.get("only_b")?.importance).toBeLessThan(0.1);
  expect(found.get("only_b")?.runs).toBeLessThan(100);
});
