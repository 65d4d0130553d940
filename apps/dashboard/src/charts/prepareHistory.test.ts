import { RunState } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { readRunSet } from "../board/runSet.js";
import { nearestRun, prepareHistory } from "./prepareHistory.js";

const stateOf = (state: RunState) => RunState.options.indexOf(state);

/** Runs 1, 2, … with these objectives, completed unless said otherwise. */
function setOf(
  runs: readonly (readonly [objective: number | null, state?: RunState])[],
  excluded: number[] = [],
) {
  return readRunSet({
    total: runs.length,
    numbers: runs.map(() => 1),
    states: runs.map(([, state = "completed"]) => stateOf(state)),
    objectives: runs.map(([objective]) => objective),
    epochs: runs.map(() => 1),
    excluded,
    params: {},
    metrics: {},
  });
}

const prepare = (
  set: ReturnType<typeof setOf>,
  changes: Partial<Parameters<typeof prepareHistory>[0]> = {},
) =>
  prepareHistory({
    set,
    mask: null,
    metric: "val_accuracy",
    maximize: true,
    fullRange: false,
    total: set.total,
    ...changes,
  });

describe("prepareHistory", () => {
  test("the best so far steps at each improvement of a completed run", () => {
    const chart = prepare(setOf([[0.5], [0.9, "pruned"], [0.4], [0.7]]));
    expect(chart?.bestSoFar).toEqual([
      [1, 0.5],
      [4, 0.5],
      [4, 0.7],
    ]);
    expect(chart?.summary).toContain("Best so far 0.7000, reached by run 4 after 2 improvements");
  });

  test("counts every run that was measured, and says of how many", () => {
    expect(prepare(setOf([[0.5], [0.6]]))?.scope).toBe("all 2 runs");
    expect(prepare(setOf([[0.5], [null, "failed"]]))?.scope).toBe("1 of 2 runs");
    expect(prepare(setOf([[null], [null]]))).toBeNull();
  });

  test("groups runs by state; those the selection leaves out are a group of their own", () => {
    const set = setOf([[0.5], [0.6, "pruned"], [0.7]]);
    const chart = prepare(set, { mask: Uint8Array.from([1, 1, 0]) });
    expect(chart?.groups.map(({ state, runs }) => [state, [...runs]])).toEqual([
      [null, [2]],
      ["completed", [0]],
      ["pruned", [1]],
    ]);
  });

  test("an excluded run is neither drawn nor the best", () => {
    const chart = prepare(setOf([[0.5], [0.9]], [2]));
    expect(chart?.bestSoFar.at(-1)?.[1]).toBe(0.5);
    expect(chart?.scope).toBe("1 of 2 runs");
  });

  test("the worst lie at the axis' edge until the full range is asked for", () => {
    const set = setOf([[0.9], [0.91], [0.92], [0.9], [0.91], [0.001]]);
    expect(prepare(set)?.outside).toBe(1);
    expect(prepare(set, { fullRange: true })?.outside).toBe(0);
    const loss = setOf([[0.1], [0.11], [0.12], [0.1], [0.11], [900]]);
    expect(prepare(loss, { maximize: false })?.outside).toBe(1);
  });

  test("its table has every run's number, state and value", () => {
    const { table } = prepare(setOf([[0.5], [0.25, "diverged"]])) ?? {};
    expect(table?.rows).toEqual([
      [1, "run 1", "completed", 0.5],
      [2, "run 2", "diverged", 0.25],
    ]);
  });
});

test("the run nearest to a pointer is found among those selected", () => {
  const chart = prepare(setOf([[0.5], [0.6]]), { mask: Uint8Array.from([1, 0]) });
  const near = (x: number) => nearestRun(chart?.groups ?? [], ([at]) => Math.abs(at - x), 5)?.index;
  expect(near(2)).toBe(0);
});
