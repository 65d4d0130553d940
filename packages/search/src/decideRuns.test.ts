import {
  PrunerConfig,
  SamplerConfig,
  Space,
  type SweepLogEntry,
  TerminatorConfig,
} from "@sweepyard/contract";
import { expect, test } from "vitest";
import { decideRuns, runSeed } from "./decideRuns.js";
import { SweepHistory } from "./sweepHistory.js";
import type { SweepSituation } from "./sweepSituation.js";

const plan = {
  data: { dataset: "synthetic", version: 3 },
  model: { template: "mlp", depth: { $param: "depth" }, units: 16 },
  optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
  epochs: 10,
};
const space = Space.parse({
  learning_rate: { type: "categorical", choices: [0.001, 0.01, 0.1] },
  depth: { type: "int", low: 1, high: 2 },
});

const VAL_ACCURACY = { metric: "val_accuracy", direction: "maximize" } as const;

function situation(
  sweep: Partial<SweepSituation["sweep"]> = {},
  changes: Partial<SweepSituation> = {},
): SweepSituation {
  return {
    sweep: {
      plan,
      trainer: { kind: "engine" },
      objective: VAL_ACCURACY,
      objectives: [VAL_ACCURACY],
      repeats: 1,
      folds: null,
      budget: {},
      plannedRuns: null,
      target: null,
      terminator: null,
      parallelism: null,
      seed: 7,
      ...sweep,
    },
    nextNumber: 1,
    elapsedSeconds: 0,
    liveSlotMs: 0,
    epochLedger: null,
    slots: { total: 2 },
    ...changes,
  };
}

function newHistory(
  sampler: { name: string } = { name: "grid" },
  pruner: { name: string } = { name: "none" },
): SweepHistory {
  const history = new SweepHistory();
  add(history, {
    kind: "settings",
    version: 1,
    space,
    sampler: SamplerConfig.parse(sampler),
    pruner: PrunerConfig.parse(pruner),
    actor: "ann",
    changes: {},
    reason: "",
    withdrawn: 0,
  });
  return history;
}

const add = (history: SweepHistory, entry: SweepLogEntry) =>
  history.add({ seq: history.seq + 1, entry });

const end = (history: SweepHistory, number: number, value: number | null, epochs = 10) =>
  add(history, {
    kind: "run",
    number,
    state: value === null ? "failed" : "completed",
    values: [value],
    constraints: [],
    points: [],
    excluded: false,
    epochs,
    slotMs: 1_000,
  });

const plansOf = ({ points }: ReturnType<typeof decideRuns>) =>
  points.flatMap(({ runs }) => runs.flatMap(({ plan }) => plan ?? []));

test("makes every cell of a grid once, then says that nothing is left", () => {
  const { points, end: ended } = decideRuns(situation({ plannedRuns: 6 }), newHistory());
  expect(new Set(points.map(({ asked }) => JSON.stringify(asked.params))).size).toBe(6);
  expect(ended).toEqual({ reason: "every cell of the grid has its run", cancelQueued: false });
  expect(points[0]?.runs[0]?.plan).toMatchObject({
    data: { dataset: "synthetic", version: 3 },
    optimizer: { learning_rate: 0.001 },
    model: { depth: 1 },
  });
});

test("goes on where the history ends, within the sweep's parallelism", () => {
  const history = newHistory();
  const first = decideRuns(situation({ plannedRuns: 6, parallelism: 4 }), history);
  expect(first.points).toHaveLength(4);
  expect(first.end).toBeUndefined();
  expect(decideRuns(situation({ parallelism: 4 }), history)).toEqual({ points: [] });
  for (const number of [1, 2, 3]) end(history, number, 0.5);
  const second = decideRuns(
    situation({ plannedRuns: 6, parallelism: 4 }, { nextNumber: 5 }),
    history,
  );
  expect(second.points).toHaveLength(2);
  expect(second.end).toBeDefined();
  const all = [...first.points, ...second.points];
  expect(new Set(all.map(({ asked }) => JSON.stringify(asked.params))).size).toBe(6);
  expect(all.flatMap(({ asked }) => asked.runs.map(({ number }) => number))).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
});

test("answers the same each time, with a seed for each run from the sweep's", () => {
  const ask = () =>
    plansOf(decideRuns(situation({ plannedRuns: 10 }), newHistory({ name: "random" })));
  expect(ask()).toEqual(ask());
  expect(ask().map(({ seed }) => seed)).toEqual(ask().map((_, index) => runSeed(7, index + 1)));
  const own = situation({ plannedRuns: 2, plan: { ...plan, seed: 42 } });
  expect(plansOf(decideRuns(own, newHistory())).map(({ seed }) => seed)).toEqual([42, 42]);
});

test("ends a sweep whose params make no plan, and says which", () => {
  const broken = { ...plan, model: { ...plan.model, units: [64] } }; // too few for depth 2
  const { points, end: ended } = decideRuns(situation({ plan: broken }), newHistory());
  expect(points).toHaveLength(1);
  expect(ended?.reason).toMatch(/"depth":2.*fewer layers/);
});

test("asks a sampler that learns for one run more than there are slots", () => {
  const asked = (name: string) =>
    decideRuns(situation({ plannedRuns: 50 }), newHistory({ name })).points.length;
  expect([asked("tpe"), asked("random")]).toEqual([3, 50]);
  // Runs that wait to begin would hold epochs that the winners of rungs need.
  const history = newHistory({ name: "random" }, { name: "asha" });
  const budgeted = situation(
    { budget: { epochs: 99 } },
    { epochLedger: { left: 99, toEnd: null } },
  );
  expect(decideRuns(budgeted, history).points).toHaveLength(3);
});

test("promises a run that pauses at rungs the epochs to its first one", () => {
  const history = newHistory({ name: "random" }, { name: "asha" });
  const budget = { epochs: 20 };
  const asked = (left: number, toEnd: number | null) =>
    decideRuns(
      situation(
        { budget, parallelism: 20 },
        { epochLedger: { left, toEnd }, nextNumber: history.nextPoint },
      ),
      history,
    );
  // The first that begins needs 9 more to its end of 10, which are kept back.
  expect(asked(20, null).points).toHaveLength(11);
  expect(asked(9, 9)).toEqual({ points: [] }); // eleven runs go on, and may give some back
  for (let number = 1; number <= 11; number++) end(history, number, 0.5, 1);
  expect(asked(9, 9).end?.reason).toBe(
    "the budget has 9 epochs left, of which the run nearest to its end needs 9, and a run takes 1",
  );
  expect(asked(3, 0).points).toHaveLength(3);
  expect(asked(0, 0).end?.reason).toBe("the budget of 20 epochs is used up");
});

test("counts epochs that runs may still train, and takes back what stopped runs did not", () => {
  const history = newHistory({ name: "random" });
  const budget = { epochs: 35 };
  expect(decideRuns(situation({ budget }), history)).toMatchObject({ points: [{}, {}, {}] });
  end(history, 1, 0.5, 10);
  expect(decideRuns(situation({ budget }, { nextNumber: 4 }), history)).toEqual({ points: [] });
  end(history, 2, null, 3);
  const next = decideRuns(situation({ budget }, { nextNumber: 4 }), history);
  expect(next.points).toHaveLength(1);
  end(history, 3, 0.5, 10);
  end(history, 4, 0.5, 10);
  expect(decideRuns(situation({ budget }, { nextNumber: 5 }), history).end?.reason).toBe(
    "the budget has 2 epochs left, and a run takes 10",
  );
});

test.each([
  [{ seconds: 60 }, { elapsedSeconds: 60 }, "the budget of 60 s is used up"],
  [{ slot_seconds: 5 }, { liveSlotMs: 4_000 }, "the budget of 5 slot-seconds is used up"],
])("makes no run past %o", (budget, changes, reason) => {
  const history = newHistory({ name: "random" });
  const one = situation({ budget, parallelism: 1 });
  expect(decideRuns(one, history).points).toHaveLength(1);
  end(history, 1, 0.5);
  const next = situation({ budget, parallelism: 1 }, { nextNumber: 2, ...changes });
  expect(decideRuns(next, history)).toEqual({ points: [], end: { reason, cancelQueued: false } });
});

test("stops at the target, and what waits need not begin", () => {
  const history = newHistory({ name: "random" });
  const wanted = situation({ target: 0.9, parallelism: 2 });
  decideRuns(wanted, history);
  end(history, 1, 0.89);
  expect(decideRuns({ ...wanted, nextNumber: 3 }, history).end).toBeUndefined();
  end(history, 2, 0.9);
  expect(decideRuns({ ...wanted, nextNumber: 4 }, history)).toEqual({
    points: [],
    end: {
      reason: "the target is reached: val_accuracy 0.9, and 0.9 was asked for",
      cancelQueued: true,
    },
  });
});

test("stops once runs bring no gain any more", () => {
  const terminator = {
    name: "stagnation",
    patience: 3,
    min_runs: 4,
    min_improvement: 0.01,
  } as const;
  const history = newHistory({ name: "random" });
  const sweep = situation({ terminator, parallelism: 1 });
  const values = [0.5, 0.7, 0.705, 0.708, 0.711, 0.6, 0.71, 0.72];
  const made: number[] = [];
  for (const [index, value] of values.entries()) {
    const { points, end: ended } = decideRuns({ ...sweep, nextNumber: index + 1 }, history);
    if (ended !== undefined) break;
    made.push(points.length);
    end(history, index + 1, value);
  }
  // 0.711 gains 0.011 on 0.7, step by step; the three after it gain less than 0.01.
  expect(made).toHaveLength(8);
  expect(decideRuns({ ...sweep, nextNumber: 9 }, history).end?.reason).toMatch(/last 3 completed/);
});

test("stops once the regret bound is below the error, and keeps what the terminator found", () => {
  const history = newHistory({ name: "random" });
  const terminator = TerminatorConfig.parse({
    name: "regret_bound",
    min_runs: 4,
    error: { name: "static", constant: 0.05 },
  });
  const sweep = situation({ terminator, parallelism: 1 });
  const judged: unknown[] = [];
  let ended: { reason: string } | undefined;
  for (let number = 1; number <= 40 && ended === undefined; number++) {
    const decision = decideRuns({ ...sweep, nextNumber: number }, history);
    if (decision.judged !== undefined) judged.push(decision.judged.runs);
    ended = decision.end;
    const [point] = decision.points;
    if (point === undefined) break;
    const { learning_rate, depth } = point.asked.params;
    end(
      history,
      number,
      0.8 - Math.abs(Math.log10(Number(learning_rate)) + 2) - Number(depth) / 20,
    );
  }
  expect(ended?.reason).toMatch(/^after \d+ completed runs more may gain 0\.0\d+ at most/);
  expect(judged.slice(0, 3)).toEqual([4, 5, 6]);
  const { judgement } = history;
  expect(judgement?.regretBound).toBeLessThan(0.05);
  expect(judgement?.error).toBe(0.05);
  // Asked again with nothing new, it need not be judged again, and the reason is the same.
  const again = decideRuns(sweep, history);
  expect(again.judged).toBeUndefined();
  expect(again.end?.reason).toBe(ended?.reason);
});

test("a point's folds tell how far its mean may be off", () => {
  const history = newHistory({ name: "random" });
  const terminator = TerminatorConfig.parse({
    name: "regret_bound",
    min_runs: 2,
    error: { name: "cross_validation" },
  });
  const sweep = situation({ terminator, folds: 2, parallelism: 4 });
  decideRuns(sweep, history);
  for (const [number, value] of [0.7, 0.8, 0.5, 0.6].entries()) end(history, number + 1, value);
  const { judged } = decideRuns({ ...sweep, nextNumber: 5 }, history);
  // Of the best point: folds 0.7 and 0.8, a variance of 0.0025 times 1/2 + 1/1.
  expect(judged?.error).toBeCloseTo(Math.sqrt(0.0025 * 1.5), 12);
  expect(judged?.runs).toBe(2);
});

test("one point is several runs, of other seeds or folds, and their mean is what counts", () => {
  const history = newHistory({ name: "random" });
  const repeated = situation({ repeats: 2, folds: 2, plannedRuns: 9, parallelism: 8 });
  const { points } = decideRuns(repeated, history);
  expect(points.map(({ asked }) => asked.runs.map(({ number }) => number))).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ]);
  expect(points[0]?.runs).toMatchObject([
    { repeat: 1, fold: 0, plan: { split: { method: "k_fold", folds: 2, fold: 0 } } },
    { repeat: 1, fold: 1 },
    { repeat: 2, fold: 0 },
    { repeat: 2, fold: 1, plan: { split: { fold: 1 } } },
  ]);
  expect(new Set(points.flatMap(({ runs }) => runs.map(({ seed }) => seed))).size).toBe(8);
  for (const [index, value] of [0.5, 0.6, 0.7].entries()) end(history, index + 1, value);
  expect(history.observations[0]).toMatchObject({ state: "running", value: null });
  end(history, 4, 0.8);
  expect(history.observations[0]).toMatchObject({ number: 1, state: "completed", value: 0.65 });
  for (const number of [5, 6, 7]) end(history, number, 0.5);
  end(history, 8, null);
  expect(history.observations[1]).toMatchObject({ number: 2, state: "failed", value: null });
  // One run is left of the budget: too few for a point.
  expect(decideRuns({ ...repeated, nextNumber: 9 }, history).end?.reason).toBe(
    "the budget has 1 runs left, and a point takes 4",
  );
});

test("an external trainer gets what it asks for, within the parallelism, and nothing unasked", () => {
  const history = newHistory({ name: "tpe" });
  const external = situation({ trainer: { kind: "external" }, parallelism: 3 });
  const ask = (nextNumber: number, wanted?: number) =>
    decideRuns({ ...external, nextNumber, ...(wanted !== undefined && { wanted }) }, history);
  expect(ask(1).points).toHaveLength(0);
  expect(ask(1, 2).points).toMatchObject([{ runs: [{ plan: null, repeat: null }] }, {}]);
  expect(ask(3, 2).points).toHaveLength(1);
});
