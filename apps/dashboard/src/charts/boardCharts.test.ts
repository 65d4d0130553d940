import { type CurveBands as Answer, BAND_QUANTILES, RunState } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { rangeOf } from "../board/clauses.js";
import { prepareGroups } from "../board/prepareGroups.js";
import { rungsOf } from "../board/rungsOf.js";
import { type RunSet, readRunSet } from "../board/runSet.js";
import { brushed, choicesOfColumn, stretchesOf } from "../explore/brush.js";
import { dimensionAxis } from "./dimensionAxis.js";
import { objectiveAxis } from "./objectiveAxis.js";
import { prepareContour } from "./prepareContour.js";
import { prepareCurveBands } from "./prepareCurveBands.js";
import { prepareDependence } from "./prepareDependence.js";
import { prepareEdf } from "./prepareEdf.js";
import { prepareParallel } from "./prepareParallel.js";
import { rankOf } from "./prepareRank.js";
import { prepareSlice } from "./prepareSlice.js";
import { prepareSurface } from "./prepareSurface.js";
import { prepareSurvival } from "./prepareSurvival.js";
import { barAt, prepareTimeline } from "./prepareTimeline.js";
import { smooth } from "./smooth.js";

/** Charts of all runs, on a sweep of `count` runs whose objective is how far they are along lr. */

const stateOf = (state: RunState) => RunState.options.indexOf(state);
const LR = { type: "float", low: 1e-4, high: 1, log: true } as const;
const ACT = { type: "categorical", choices: ["relu", "tanh"] as string[] } as const;

function setOf(count: number): RunSet {
  const along = Array.from({ length: count }, (_, index) => index / Math.max(1, count - 1));
  return readRunSet({
    total: count,
    numbers: along.map(() => 1),
    states: along.map((_, index) => stateOf(index % 3 === 2 ? "pruned" : "completed")),
    objectives: along,
    epochs: along.map((_, index) => (index % 3 === 2 ? 3 : 9)),
    excluded: [],
    params: {
      lr: { kind: "numbers", values: along.map((at) => 10 ** (4 * at - 4)) },
      act: { kind: "choices", choices: [...ACT.choices], at: along.map((_, index) => index % 2) },
    },
    metrics: {},
  });
}

function axesOf(set: RunSet) {
  const lr = set.params.get("lr");
  const act = set.params.get("act");
  if (lr === undefined || act === undefined) throw new Error("the set has both");
  return [dimensionAxis("lr", LR, lr), dimensionAxis("act", ACT, act)] as const;
}

function objectiveOf(set: RunSet) {
  const axis = objectiveAxis("accuracy", set.objectives, { maximize: true, full: true });
  if (axis === null) throw new Error("the set has objectives");
  return axis;
}

describe("axes come from the space", () => {
  test("log is log, and choices are evenly apart in their own order", () => {
    const [lr, act] = axesOf(setOf(5));
    expect([...lr.at].map((at) => Math.round(at * 100) / 100)).toEqual([-4, -3, -2, -1, 0]);
    expect(lr.valueAt(-2)).toBeCloseTo(0.01);
    expect(act.ticks.map(({ label }) => label)).toEqual(["relu", "tanh"]);
    expect(act.valueAt(0.7)).toBe(1);
  });

  test("they reach to values outside the present space, and a missing value has no place", () => {
    const values = Float64Array.from([50, Number.NaN]);
    const axis = dimensionAxis(
      "units",
      { type: "int", low: 1, high: 5, log: false, step: 1 },
      { kind: "numbers", values },
    );
    expect(axis.max).toBeGreaterThanOrEqual(50);
    expect(Number.isNaN(axis.at[1])).toBe(true);
  });
});

describe("parallel coordinates", () => {
  const prepare = (set: RunSet, mask: Uint8Array | null = null) =>
    prepareParallel({ set, mask, axes: axesOf(set), objective: objectiveOf(set), maximize: true });

  test("a few runs are a line each; better is up on the last axis", () => {
    const chart = prepare(setOf(10));
    const lines = chart.groups.reduce((sum, { coords }) => sum + coords.length / 7, 0);
    expect([lines, chart.isBinned, chart.scope]).toEqual([10, false, "all 10 runs"]);
    expect(chart.axes.map(({ name }) => name)).toEqual(["lr", "act", "accuracy"]);
  });

  test("ten thousand are ribbons of bounded number, and every run is counted", () => {
    const chart = prepare(setOf(10_000));
    expect(chart.isBinned).toBe(true);
    expect(chart.scope).toBe("all 10,000 runs, binned; the best 50 as lines");
    const numbers = chart.groups.reduce((sum, { coords }) => sum + coords.length, 0);
    expect(numbers).toBeLessThan(2 * 40 * 40 * 5 + 50 * 7 + 1);
  });

  test("what a brush leaves out is a group of its own", () => {
    const set = setOf(10);
    const mask = Uint8Array.from(set.numbers, (number) => (number > 7 ? 1 : 0));
    const chart = prepare(set, mask);
    expect(chart.scope).toBe("3 selected of all 10 runs");
    expect(chart.groups.some(({ bucket }) => bucket === null)).toBe(true);
  });
});

describe("a brush", () => {
  const set = setOf(5);
  const [lr, act] = axesOf(set);
  const ofLr = {
    field: { kind: "param", name: "lr" },
    isTurned: false,
    axis: lr,
    choices: [],
  } as const;
  const ofAct = {
    field: { kind: "param", name: "act" },
    isTurned: false,
    axis: act,
    choices: choicesOfColumn(set.params.get("act")),
  } as const;

  test("on a log axis is a range of values, and shows where it was drawn", () => {
    const filter = brushed("", ofLr, [0.25, 0.75]);
    const [low, high] = rangeOf(filter, ofLr.field) ?? [];
    expect(low).toBeLessThan(0.0012);
    expect(high).toBeGreaterThan(0.08);
    const [stretch] = stretchesOf(filter, ofLr);
    expect(stretch?.[0]).toBeCloseTo(0.25, 2);
    expect(stretch?.[1]).toBeCloseTo(0.75, 2);
    expect(brushed(filter, ofLr, null)).toBe("");
  });

  test("on choices names those within", () => {
    expect(brushed("number > 1", ofAct, [0.5, 1])).toBe("number > 1 and params.act = tanh");
    expect(stretchesOf("params.act = tanh", ofAct)).toHaveLength(1);
  });

  test("on an axis that is turned round still has its lesser end first", () => {
    const turned = { ...ofLr, isTurned: true };
    const filter = brushed("", turned, [0.8, 1]);
    const [low, high] = rangeOf(filter, turned.field) ?? [];
    expect(low).toBeLessThan(high ?? 0);
    expect(stretchesOf(filter, turned)[0]?.[1]).toBeCloseTo(1, 2);
  });
});

describe("other views of all runs", () => {
  test("a slice has every run, the latest last", () => {
    const set = setOf(100);
    const slice = prepareSlice(set, null, axesOf(set)[0], objectiveOf(set));
    expect(slice.scope).toBe("all 100 runs");
    expect(slice.groups.map(({ shade }) => shade)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(slice.table.rows).toHaveLength(100);
  });

  test("ranks are shares of the runs beaten; equals share theirs", () => {
    const ranks = rankOf(Float64Array.from([3, 1, 1, Number.NaN]), true);
    expect([...ranks]).toEqual([1, 0.25, 0.25, Number.NaN]);
    expect(rankOf(Float64Array.from([3, 1]), false)[1]).toBe(1);
  });

  test("a contour has no cell where no run lies, and choices are cells of their own", () => {
    const set = setOf(4);
    const [x, y] = axesOf(set);
    const contour = prepareContour(set, null, { x, y, metric: "accuracy", maximize: true });
    expect(contour.cells).toHaveLength(4);
    expect(contour.cells.every(({ runs }) => runs === 1)).toBe(true);
    expect(new Set(contour.cells.map((cell) => cell.y[0]))).toEqual(new Set([-0.5, 0.5]));
  });

  test("the distribution rises to one, and its corners are bounded", () => {
    const set = setOf(10_000);
    const edf = prepareEdf(set, null, objectiveOf(set));
    expect(edf?.line.at(-1)?.[1]).toBe(1);
    expect(edf?.line.length).toBeLessThan(1_300);
    expect(edf?.all).toEqual([]);
  });

  test("survival counts who got to each rung and who went on", () => {
    const chart = prepareSurvival(setOf(9), null, { rungs: [1, 3, 9], epochs: 9 });
    expect(chart?.rungs).toEqual([
      { index: 0, epoch: 1, reached: 9, stopped: 0, wentOn: 9 },
      { index: 1, epoch: 3, reached: 9, stopped: 3, wentOn: 6 },
      { index: 2, epoch: 9, reached: 6, stopped: 0, wentOn: 0 },
    ]);
  });

  test("rungs are the pruner's own", () => {
    const asha = {
      name: "asha",
      mode: "stop",
      min_resource: 2,
      reduction_factor: 3,
      min_early_stopping_rate: 0,
    } as const;
    expect(rungsOf(asha, 50)).toEqual([2, 6, 18]);
    expect(rungsOf({ name: "none" }, 50)).toEqual([]);
  });

  test("groups are by value, or by as many runs each where values are many", () => {
    const set = setOf(100);
    const byAct = prepareGroups(set, null, "act", true);
    expect(byAct.map(({ label, runs }) => [label, runs])).toEqual([
      ["tanh", 50],
      ["relu", 50],
    ]);
    const byLr = prepareGroups(set, null, "lr", true);
    expect(byLr.reduce((sum, { runs }) => sum + runs, 0)).toBe(100);
    expect(byLr.length).toBe(8);
    expect(byLr[0]?.best).toBe(1);
  });

  test("a timeline places attempts in their slots, and finds the one pointed at", () => {
    const timeline = prepareTimeline(
      {
        origin: "2026-01-01T00:00:00.000Z",
        lanes: [
          { worker: "a", slot: 0, device: "cpu" },
          { worker: "a", slot: 1, device: "cpu" },
        ],
        numbers: [1, 2],
        lane: [0, 1],
        start: [0, 1_000],
        end: [5_000, null],
        wait: [0, 1_000],
        total: 2,
      },
      setOf(2),
      null,
      Date.parse("2026-01-01T00:00:10.000Z"),
    );
    if (timeline === null) throw new Error("there are attempts");
    expect(barAt(timeline, 9_000, 0)?.number).toBe(2);
    expect(barAt(timeline, 9_000, 1)).toBeNull();
    expect(timeline.scope).toContain("all 2 attempts on 2 slots");
  });
});

describe("curves of all runs", () => {
  const answer: Answer = {
    metric: "val_accuracy",
    total: 1_000,
    measured: 900,
    x: [1, 2, 3],
    counts: [900, 800, 0],
    quantiles: BAND_QUANTILES.map((share) => [share, share + 0.1, null]),
    lines: [
      { number: 7, state: "completed", objective: 0.9, x: [1, 2], values: [0.8, 0.9] },
      { number: 8, state: "pruned", objective: 0.2, x: [1], values: [0.2] },
    ],
  };
  const prepare = (changes: object = {}) =>
    prepareCurveBands({
      answer,
      x: "epoch",
      quality: { worst: 0, best: 1 },
      bestNumber: 7,
      ticked: new Set(),
      log: false,
      fullRange: true,
      smoothing: 0,
      epochs: 3,
      rungs: [2],
      withBands: true,
      ...changes,
    });

  test("are bands where quantiles are known, and say of how many", () => {
    const chart = prepare();
    expect(chart?.scope).toBe("900 of 1,000 runs as bands, 2 as lines");
    expect(chart?.bands.map(({ outline }) => outline.length)).toEqual([4, 4]);
    expect(chart?.rungs).toEqual([{ at: 2, label: "rung 0" }]);
    expect(chart?.lines.at(-1)).toMatchObject({ number: 7, isBest: true });
  });

  test("smoothing keeps the raw curve beside the smooth one", () => {
    const line = prepare({ smoothing: 0.5 })?.lines.at(-1);
    expect(line?.raw).toHaveLength(1);
    expect(line?.segments[0]?.[1]?.[1]).toBeCloseTo(0.8 / 3 + (0.9 * 2) / 3);
    expect(line?.values.get(2)).toBe(0.9);
  });

  test("on a log axis what is not above zero has no place", () => {
    const nothing = {
      ...answer,
      quantiles: [],
      lines: answer.lines.map((line) => ({ ...line, values: line.x.map(() => -1) })),
    };
    expect(prepare({ answer: nothing, log: true })).toBeNull();
  });
});

test("a moving average passes over gaps and counts what there is", () => {
  expect(smooth([1, null, 3], 0.5)).toEqual([1, null, (0.5 * 1 + 3) / 1.5]);
  expect(smooth([1, 2], 0)).toEqual([1, 2]);
});

describe("what a model expects", () => {
  const behind = { status: "ok" as const, notes: [], runs: 4, runsUsed: 4 };
  const objective = { metric: "accuracy", direction: "maximize" } as const;

  test("is a line with its doubt along numbers, and a dash for each choice that runs have", () => {
    const set = setOf(100);
    const [lr, act] = axesOf(set);
    const y = objectiveOf(set);
    const along = { scale: "log", runs: 100, mean: [0.2, 0.6], spread: [0.1, 0.1] } as const;
    const curve = {
      ...along,
      name: "lr",
      values: [0.01, 1],
      mean: [...along.mean],
      spread: [...along.spread],
    };
    const line = prepareDependence(curve, lr, y, set.params.get("lr"));
    expect(line.lines).toEqual([
      [
        [-2, 0.2],
        [0, 0.6],
      ],
    ]);
    expect(line.bands[0]).toHaveLength(4);
    const dashes = prepareDependence(
      { ...curve, name: "act", scale: "choices", values: ["tanh", "elu"] },
      act,
      y,
      set.params.get("act"),
    );
    expect(dashes.lines).toHaveLength(1);
    expect(dashes.lines[0]?.map(([place]) => Math.round(place))).toEqual([1, 1]);
  });

  test("fills the plane without gaps, in the order of the axes, and says what it is from", () => {
    const set = setOf(100);
    const [x, y] = axesOf(set);
    const surface = prepareSurface(
      {
        objective,
        ...behind,
        x: { name: "lr", scale: "log", values: [0.0001, 0.01, 1] },
        y: { name: "act", scale: "choices", values: ["tanh", "relu"] },
        mean: [
          [0.1, 0.2, 0.9],
          [0.3, 0.4, 0.5],
        ],
        spread: [
          [0, 0, 0],
          [0, 0, 0],
        ],
        points: [{ runId: "r", number: 1, x: 0.01, y: "relu", value: 0.4 }],
      },
      set,
      { x, y, maximize: true },
    );
    expect(surface?.cells.map(({ mean }) => mean)).toEqual([0.3, 0.4, 0.5, 0.1, 0.2, 0.9]);
    expect(surface?.cells[0]?.x).toEqual([x.min, -3]);
    expect(surface?.cells[1]?.x).toEqual([-3, -1]);
    expect(surface?.cells[3]?.y).toEqual([0.5, 1.5]);
    expect([...(surface?.runs ?? [])]).toEqual([-2, 0]);
    expect(surface?.summary).toContain("4 completed runs. The best expected is 0.9");
  });

  test("is nothing without figures", () => {
    const set = setOf(4);
    const [x, y] = axesOf(set);
    const none = { name: "lr", scale: "log", values: [] } as const;
    const view = { objective, ...behind, x: { ...none, values: [] }, y: { ...none, values: [] } };
    const empty = { ...view, mean: [], spread: [], points: [] };
    expect(prepareSurface(empty, set, { x, y, maximize: true })).toBeNull();
  });
});
