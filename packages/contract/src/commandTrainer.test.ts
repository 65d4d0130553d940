import { expect, test } from "vitest";
import { CommandTrainer, resolveCommand } from "./commandTrainer.js";
import { parseSweep } from "./parseSweep.js";

const words = {
  id: "1",
  number: "3",
  attempt: "1",
  seed: "7",
  repeat: undefined,
  fold: undefined,
  params: "{}",
  checkpoint_dir: "/tmp/c",
};

test("puts params and the run's words in, and leaves out what the point has not", () => {
  const trainer = CommandTrainer.parse({
    kind: "command",
    command: [
      "train.py",
      ["--units", { $param: "units" }],
      ["--momentum", { $param: "momentum" }],
      { $text: ["lr=", { $param: "lr" }, " (", { $run: "seed" }, ")"] },
      { $param: "layers" },
      8,
      true,
    ],
    env: { FOLD: { $run: "fold" }, OUT: { $run: "checkpoint_dir" } },
  });
  const params = { units: 32, lr: 1e-4, layers: [16, 8] };
  expect(resolveCommand(trainer, { params, words })).toEqual({
    words: ["train.py", "--units", "32", "lr=0.0001 (7)", "[16,8]", "8", "true"],
    env: { OUT: "/tmp/c" },
  });
});

const sweep = (trainer: Record<string, unknown>, changes: Record<string, unknown> = {}) => ({
  name: "a program",
  trainer: { kind: "command", command: ["train.py", { $param: "x" }], ...trainer },
  space: { x: { type: "float", low: 0, high: 1 } },
  sampler: { name: "random" },
  objective: { metric: "loss" },
  budget: { runs: 3 },
  ...changes,
});

const errorsOf = (input: unknown): string[] => {
  try {
    parseSweep(input);
    return [];
  } catch (error) {
    const { errors } = error as { errors: { path: string; rule: string }[] };
    return errors.map(({ path, rule }) => `${path}: ${rule}`);
  }
};

test.each([
  ["a whole one", {}, {}, []],
  ["all params at once", { command: ["train.py", { $run: "params" }] }, {}, []],
  [
    "a program that a param chooses",
    { command: [{ $param: "x" }] },
    {},
    ["trainer.command.0: not_a_program"],
  ],
  [
    "a param that is not there",
    { command: ["a", { $param: "x" }, { $param: "y" }] },
    {},
    ["trainer.command.2: unknown_dimension"],
  ],
  ["a dimension that is not used", { command: ["a"] }, {}, ["space.x: unused_dimension"]],
  [
    "a variable that loads other code",
    { env: { LD_PRELOAD: "a.so" } },
    {},
    ["trainer.env.LD_PRELOAD: reserved_variable"],
  ],
  ["folds that it does not read", {}, { folds: 3 }, ["folds: unused_fold"]],
  [
    "a pruner that pauses without checkpoints",
    {},
    { pruner: { name: "asha" } },
    ["trainer.checkpoints: no_checkpoint"],
  ],
  ["a plan beside it", {}, { plan: { epochs: 3 } }, ["plan: no_plan"]],
])("a command: %s", (_what, trainer, changes, errors) => {
  expect(errorsOf(sweep(trainer, changes))).toEqual(errors);
});
