import type { Curve, RunState } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { type CurveRun, prepareLearningCurves } from "./prepareLearningCurves.js";

const curve = (runId: string, values: (number | null)[]): Curve => ({
  runId,
  metric: "val_accuracy",
  steps: values.map((_, index) => index + 1),
  values,
});

const run = (id: string, objective: number | null, state: RunState = "completed"): CurveRun => ({
  id,
  number: 1,
  name: `run ${id}`,
  state,
  objective,
  detail: "",
});

const prepare = (
  curves: Curve[],
  runs: CurveRun[],
  overrides: Partial<Parameters<typeof prepareLearningCurves>[0]> = {},
) =>
  prepareLearningCurves({
    curves,
    runs: new Map(runs.map((r) => [r.id, r])),
    metric: "val_accuracy",
    maximize: true,
    bestRunId: null,
    log: false,
    fullRange: false,
    epochs: 1,
    total: runs.length,
    ...overrides,
  });

describe("prepareLearningCurves", () => {
  test("nothing reported yet is no chart", () => {
    expect(prepare([], [])).toBeNull();
    expect(prepare([curve("a", [null, null])], [run("a", null)])).toBeNull();
  });

  test("a missing value is a gap, not a zero and not a bridge", () => {
    const chart = prepare([curve("a", [0.5, null, 0.7, 0.8])], [run("a", 0.8)]);
    expect(chart?.curves[0]?.segments).toEqual([
      [[1, 0.5]],
      [
        [3, 0.7],
        [4, 0.8],
      ],
    ]);
    expect(chart?.table.rows).toEqual([
      [1, 0.5],
      [2, null],
      [3, 0.7],
      [4, 0.8],
    ]);
  });

  test("draws the best run last and gives the others their quality", () => {
    const chart = prepare(
      [curve("best", [0.9]), curve("bad", [0.1]), curve("fair", [0.8]), curve("new", [0.2])],
      [run("best", 0.9), run("bad", 0.1), run("fair", 0.8), run("new", null, "running")],
      { bestRunId: "best" },
    );
    expect(chart?.curves.map((c) => c.runId)).toEqual(["new", "bad", "fair", "best"]);
    expect(chart?.curves[0]?.quality).toBeNull();
    expect(chart?.curves[1]?.quality).toBe(0);
    expect(chart?.curves[3]?.quality).toBe(1);
  });

  test("with a loss, less is better", () => {
    const chart = prepare(
      [curve("low", [0.3]), curve("high", [2])],
      [run("low", 0.3), run("high", 2)],
      {
        maximize: false,
      },
    );
    expect(chart?.curves.map((c) => [c.runId, c.quality])).toEqual([
      ["high", 0],
      ["low", 1],
    ]);
  });

  test("a bad start does not flatten the rest, and is counted", () => {
    const flat = Array.from({ length: 60 }, (_, i) => 0.85 + (i % 10) / 1000);
    const chart = prepare([curve("a", [0.1, ...flat])], [run("a", 0.85)]);
    expect(chart?.y.min).toBeGreaterThan(0.8);
    expect(chart?.outside).toBe(1);
    const full = prepare([curve("a", [0.1, ...flat])], [run("a", 0.85)], { fullRange: true });
    expect(full?.y.min).toBeLessThanOrEqual(0.1);
    expect(full?.outside).toBe(0);
  });

  test("the epoch axis reaches to the plan's end from the first epoch on", () => {
    const chart = prepare([curve("a", [0.5])], [run("a", 0.5, "running")], { epochs: 15 });
    expect([chart?.x.min, chart?.x.max]).toEqual([1, 15]);
  });

  test("says what it leaves out", () => {
    const runs = [run("a", 0.8), run("b", null, "queued")];
    expect(prepare([curve("a", [0.8])], runs)?.scope).toBe("1 of 2 runs");
    expect(prepare([curve("a", [0.8])], [run("a", 0.8)])?.scope).toBe("all 1 runs");
  });

  test("zero has no place on a log axis", () => {
    const chart = prepare([curve("a", [0, 0.1, 1])], [run("a", 1)], { log: true });
    expect(chart?.curves[0]?.segments).toEqual([
      [
        [2, -1],
        [3, 0],
      ],
    ]);
    expect(prepare([curve("a", [0])], [run("a", 0)], { log: true })).toBeNull();
  });

  test("the summary names the best run and its value", () => {
    const chart = prepare([curve("a", [0.5, 0.81234])], [run("a", 0.81234)], { bestRunId: "a" });
    expect(chart?.summary).toBe(
      "val_accuracy by epoch, all 1 runs. The best run, run a, is at 0.8123 after epoch 2.",
    );
  });
});
