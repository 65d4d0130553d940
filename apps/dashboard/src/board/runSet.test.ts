import { RunState, type RunView } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { detailAt, indexOfRun, paramAt, patchRunSet, readRunSet, stateAt } from "./runSet.js";

const stateOf = (state: RunState) => RunState.options.indexOf(state);

const set = () =>
  readRunSet({
    total: 3,
    numbers: [2, 1, 4],
    states: (["completed", "running", "queued"] as const).map(stateOf),
    objectives: [0.5, 0.25, null],
    epochs: [5, 2, 0],
    excluded: [2],
    params: {
      lr: { kind: "numbers", values: [0.1, 0.01, null] },
      act: { kind: "choices", choices: ["relu", "tanh"], at: [1, 0, null] },
    },
    metrics: { loss: [1, 2, null] },
  });

const run = (number: number, changes: Partial<RunView>) =>
  ({
    kind: "run",
    run: {
      number,
      state: "running",
      objective: null,
      epoch: 0,
      params: {},
      metrics: {},
      excluded: null,
      ...changes,
    },
  }) as const;

describe("a set of runs", () => {
  test("finds a run by its number, and tells its state and params", () => {
    const runs = set();
    expect([...runs.numbers]).toEqual([2, 3, 7]);
    expect([2, 3, 7, 1, 5, 8].map((number) => indexOfRun(runs, number))).toEqual([
      0, 1, 2, -1, -1, -1,
    ]);
    expect(stateAt(runs, 1)).toBe("running");
    expect([paramAt(runs, "act", 0), paramAt(runs, "act", 2), paramAt(runs, "lr", 2)]).toEqual([
      "tanh",
      undefined,
      undefined,
    ]);
    expect(detailAt(runs, 0)).toBe("lr 0.1 · act tanh");
    expect([...runs.excluded]).toEqual([1, 0, 0]);
  });

  test("a change replaces a run where it stands, in a new set", () => {
    const before = set();
    const after = patchRunSet(before, [
      run(3, { state: "completed", objective: 0.75, epoch: 4, metrics: { loss: 0.1 } }),
    ]);
    expect([stateAt(after, 1), after.objectives[1], after.epochs[1]]).toEqual([
      "completed",
      0.75,
      4,
    ]);
    expect(after.metrics.get("loss")?.[1]).toBe(0.1);
    expect([stateAt(before, 1), before.objectives[1]]).toEqual(["running", 0.25]);
  });

  test("an epoch moves its run on, and never back", () => {
    const epoch = (number: number, step: number, objective: number | null) =>
      ({ kind: "epoch", number, epoch: step, objective, metrics: {} }) as const;
    const after = patchRunSet(set(), [epoch(3, 3, 0.5), epoch(3, 1, null), epoch(99, 1, 1)]);
    expect([after.epochs[1], after.objectives[1], after.count]).toEqual([3, 0.5, 3]);
  });

  test("new runs follow, with choices that the space did not have", () => {
    const after = patchRunSet(set(), [
      run(9, { params: { lr: 0.5, act: "gelu" } }),
      run(8, { params: { act: "relu" } }),
    ]);
    expect([...after.numbers]).toEqual([2, 3, 7, 8, 9]);
    expect(after.total).toBe(5);
    expect([paramAt(after, "act", 4), paramAt(after, "act", 3), paramAt(after, "lr", 4)]).toEqual([
      "gelu",
      "relu",
      0.5,
    ]);
  });
});
