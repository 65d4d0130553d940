import { expect, test } from "vitest";
import type { AppError } from "./appError.js";
import { parseSweep } from "./parseSweep.js";

const sweep = (changes: Record<string, unknown> = {}) => ({
  name: "population",
  plan: {
    data: { dataset: "digits" },
    model: {
      template: "mlp",
      depth: { $param: "depth" },
      units: 16,
      dropout: { $param: "dropout" },
    },
    optimizer: { class_name: "SGD", learning_rate: { $param: "rate" } },
  },
  space: {
    rate: { type: "float", low: 1e-4, high: 1e-1, log: true },
    dropout: { type: "float", low: 0, high: 0.5 },
    depth: { type: "int", low: 1, high: 3 },
  },
  sampler: { name: "pbt", hyperparam_mutations: ["rate", "dropout"] },
  budget: { runs: 8 },
  ...changes,
});

function errorsOf(changes: Record<string, unknown>) {
  try {
    parseSweep(sweep(changes));
  } catch (error) {
    return (error as AppError).errors?.map(({ path, message }) => `${path} ${message}`) ?? [];
  }
  return [];
}

test("learning rate and dropout may change, and the depth is copied with the weights", () => {
  expect(parseSweep(sweep()).sampler).toMatchObject({
    name: "pbt",
    perturbation_interval: 1,
    quantile_fraction: 0.25,
    resample_probability: 0.25,
    hyperparam_mutations: ["rate", "dropout"],
  });
});

test("a dimension that changes what a checkpoint holds is refused by name", () => {
  const named = { sampler: { name: "pbt", hyperparam_mutations: ["rate", "depth"] } };
  expect(errorsOf(named)).toEqual([
    expect.stringMatching(
      /^sampler.hyperparam_mutations.1 "depth" sets plan.model.depth, which must not change/,
    ),
  ]);
  expect(errorsOf({ sampler: { name: "pbt" } })).toEqual([
    expect.stringMatching(/^space.depth "depth" sets plan.model.depth/),
  ]);
  const unknown = { sampler: { name: "pbt", hyperparam_mutations: ["speed"] } };
  expect(errorsOf(unknown)).toEqual([
    expect.stringMatching(/^sampler.hyperparam_mutations.0 names no dimension of the space/),
  ]);
});

test.each([
  ["budget.runs", { budget: { epochs: 100 } }],
  ["budget.runs", { budget: { runs: 1 } }],
  ["pruner.name", { pruner: { name: "median" } }],
  ["repeats", { repeats: 2 }],
  ["folds", { folds: 3 }],
  ["objective.metric", { objective: { metric: "test.accuracy" } }],
  ["objectives", { objectives: [{ metric: "loss" }, { metric: "val_loss" }] }],
  ["plan.callbacks", { plan: { ...sweep().plan, callbacks: [{ class_name: "EarlyStopping" }] } }],
])("%s is refused where a population can't have it: %j", (path, changes) => {
  expect(errorsOf(changes)).toEqual([expect.stringMatching(`^${path} `)]);
});

test("a program takes part if it goes on from checkpoints, another's trainer does not", () => {
  const trainer = (trainer: Record<string, unknown>) => ({
    plan: {},
    trainer,
    objective: { metric: "loss", direction: "minimize" },
  });
  const command = ["train", { $param: "rate" }, { $param: "dropout" }, { $param: "depth" }];
  const program = { kind: "command", command };
  expect(errorsOf(trainer({ ...program, checkpoints: true }))).toEqual([]);
  expect(errorsOf(trainer(program))).toEqual([expect.stringMatching("^trainer.checkpoints ")]);
  expect(errorsOf(trainer({ kind: "external" }))).toEqual([
    expect.stringMatching("^sampler.name can't be pbt: external trainers"),
  ]);
});
