import { parseFilter, RunState } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { matchRuns } from "./matchRuns.js";
import { readRunSet } from "./runSet.js";

const set = readRunSet({
  total: 4,
  numbers: [1, 1, 1, 1],
  states: (["completed", "pruned", "failed", "running"] as const).map((state) =>
    RunState.options.indexOf(state),
  ),
  objectives: [0.9, 0.5, null, 0.7],
  epochs: [10, 3, 0, 4],
  excluded: [2],
  params: {
    lr: { kind: "numbers", values: [0.1, 0.01, 0.001, null] },
    act: { kind: "choices", choices: ["relu", "tanh", 3, true], at: [0, 1, 2, 3] },
  },
  metrics: {},
});

/** Numbers of the runs that fit; null where only the server can tell. */
const fitting = (text: string) => {
  const mask = matchRuns(set, parseFilter(text));
  return mask && [...set.numbers].filter((_, index) => mask[index] === 1);
};

describe("matchRuns judges as the server does", () => {
  test.each([
    ["params.lr >= 0.01", [1, 2]],
    ["params.lr != 0.01", [1, 3]],
    ["not params.lr >= 0.01", [3, 4]],
    ["state in (pruned, failed)", [2, 3]],
    ["objective > 0.6 and epoch < 10", [4]],
    ["params.act = relu or excluded = true", [1, 2]],
    ["params.act = 3", [3]],
    ["params.act = true", [4]],
    ["params.act ~ AN", [2]],
    ["number >= 3", [3, 4]],
    ["objective < 1", [1, 2, 4]],
  ])("%s", (text, numbers) => {
    expect(fitting(text)).toEqual(numbers);
  });

  test.each([
    "tags = old",
    "name ~ x",
    "metrics.val_loss < 1",
    "params.other = 1",
    "number > 1 and tags = a",
  ])("%s is for the server alone", (text) => {
    expect(fitting(text)).toBeNull();
  });
});
