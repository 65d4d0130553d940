import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { decideRuns, runSeed } from "./decideRuns.js";
import type { SweepSituation } from "./sweepSituation.js";

const plan = {
  data: { dataset: "synthetic", version: 3 },
  model: { template: "mlp", depth: { $param: "depth" }, units: 16 },
  optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
};
const space = Space.parse({
  learning_rate: { type: "categorical", choices: [0.001, 0.01, 0.1] },
  depth: { type: "int", low: 1, high: 2 },
});

function input(
  changes: Partial<SweepSituation> = {},
  sweep: Partial<SweepSituation["sweep"]> = {},
) {
  return {
    sweep: {
      plan,
      space,
      sampler: { name: "grid" },
      objective: { metric: "val_accuracy", direction: "maximize" },
      budget: {},
      parallelism: null,
      seed: 7,
      ...sweep,
    },
    history: [],
    nextNumber: 1,
    remaining: null,
    active: 0,
    slots: { total: 2 },
    ...changes,
  } satisfies SweepSituation;
}

test("makes every cell of a grid once, then says that nothing is left", () => {
  const { runs, end } = decideRuns(input({ remaining: 6 }));
  expect(new Set(runs.map(({ params }) => JSON.stringify(params))).size).toBe(6);
  expect(end).toBeDefined();
  expect(runs[0]?.plan).toMatchObject({
    data: { dataset: "synthetic", version: 3 },
    optimizer: { learning_rate: 0.001 },
    model: { depth: 1 },
  });
});

test("goes on where the history ends", () => {
  const first = decideRuns(input({ remaining: 6 }, { parallelism: 4 }));
  expect(first.runs).toHaveLength(4);
  expect(first.end).toBeUndefined();
  const history = first.runs.map(({ params }, index) => ({
    number: index + 1,
    params,
    state: "completed" as const,
    value: 0.5,
    excluded: false,
    points: [],
  }));
  const second = decideRuns(
    input({ history, nextNumber: 5, remaining: 2, active: 1 }, { parallelism: 4 }),
  );
  expect(second.runs).toHaveLength(2);
  expect(second.end).toBeDefined();
  const all = [...first.runs, ...second.runs];
  expect(new Set(all.map(({ params }) => JSON.stringify(params))).size).toBe(6);
  expect(new Set(all.map((run) => run.plan.seed)).size).toBe(6);
});

test("makes no run while the sweep's parallelism is used up", () => {
  const { runs, end } = decideRuns(input({ active: 4 }, { parallelism: 4 }));
  expect(runs).toEqual([]);
  expect(end).toBeUndefined();
});

test("answers the same each time, with a seed for each run from the sweep's", () => {
  const random = { sampler: { name: "random" } } as const;
  const first = decideRuns(input({ remaining: 10 }, random));
  const again = decideRuns(input({ remaining: 10 }, random));
  expect(first.runs.map(({ plan }) => plan)).toEqual(again.runs.map(({ plan }) => plan));
  expect(first.runs.map((run) => run.plan.seed)).toEqual(
    first.runs.map((_, index) => runSeed(7, index + 1)),
  );
});

test("keeps a seed that the plan itself gives", () => {
  const { runs } = decideRuns(input({ remaining: 2 }, { plan: { ...plan, seed: 42 } }));
  expect(runs.map((run) => run.plan.seed)).toEqual([42, 42]);
});

test("ends a sweep whose params make no plan, and says which", () => {
  const units = [64]; // too few for depth 2
  const broken = { ...plan, model: { ...plan.model, units } };
  const { runs, end } = decideRuns(input({ remaining: 6 }, { plan: broken }));
  expect(runs).toHaveLength(1);
  expect(end?.reason).toMatch(/"depth":2.*fewer layers/);
});

test("asks a sampler that learns for one run more than there are slots", () => {
  const tpe = {
    name: "tpe" as const,
    n_startup_trials: 10,
    n_ei_candidates: 24,
    multivariate: true,
  };
  const slots = { total: 2, busy: 0, queued: 0 };
  expect(decideRuns(input({ remaining: 50, slots }, { sampler: tpe })).runs).toHaveLength(3);
  const random = { name: "random" as const };
  expect(decideRuns(input({ remaining: 50, slots }, { sampler: random })).runs).toHaveLength(50);
});
