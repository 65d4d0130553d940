import {
  CnnTemplate,
  MlpTemplate,
  Optimizer,
  PrunerConfig,
  SamplerConfig,
} from "@sweepyard/contract";
import { expect, test } from "vitest";
import { type FieldSpec, fieldsByVariant, fieldsOfObject } from "./schemaFields.js";

const named = (fields: readonly FieldSpec[] | undefined, name: string) =>
  fields?.find((field) => field.name === name);

test("a template's fields have their kinds, ends and defaults, and not its name", () => {
  const fields = fieldsOfObject(MlpTemplate);
  expect(named(fields, "template")).toBeUndefined();
  expect(named(fields, "depth")).toMatchObject({ kind: "integer", least: 1, most: 64, usual: 2 });
  expect(named(fields, "units")).toMatchObject({ kind: "loose", usual: [512, 256] });
  expect(named(fields, "batch_norm")).toMatchObject({ kind: "boolean", usual: false });
  expect(named(fields, "activation")).toMatchObject({ kind: "choice", usual: "relu" });
  expect(named(fieldsOfObject(CnnTemplate), "dropout")).toMatchObject({ kind: "number", most: 1 });
});

test("every sampler, pruner and optimizer of the contract has its own fields", () => {
  const samplers = fieldsByVariant(SamplerConfig, "name");
  expect([...samplers.keys()]).toEqual(SamplerConfig.options.map((one) => one.shape.name.value));
  expect(samplers.get("grid")).toEqual([]);
  expect(named(samplers.get("latin_hypercube"), "samples")).toMatchObject({ isRequired: true });
  expect(named(samplers.get("cmaes"), "restart_strategy")?.choices).toEqual(["", "ipop", "bipop"]);
  const pruners = fieldsByVariant(PrunerConfig, "name");
  expect(named(pruners.get("median"), "n_startup_trials")).toMatchObject({ most: null, usual: 5 });
  expect(pruners.has("asha")).toBe(true);
  const optimizers = fieldsByVariant(Optimizer, "class_name");
  expect(named(optimizers.get("AdamW"), "weight_decay")).toMatchObject({ usual: 0.004 });
  expect(named(optimizers.get("SGD"), "learning_rate")).toMatchObject({ kind: "loose" });
});
