import { parseSweep } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { objectiveOf, objectivesOf, withObjectives } from "./objectives.js";
import { starterDraft } from "./sweepDraft.js";

test("an objective's direction is the usual one of its metric, unless another is written", () => {
  expect(objectivesOf({})).toEqual([{ metric: "val_accuracy", direction: "maximize" }]);
  expect(objectivesOf({ objective: { metric: "val_loss" } })).toEqual([objectiveOf("val_loss")]);
  expect(objectiveOf("val_loss").direction).toBe("minimize");
  expect(objectivesOf({ objectives: [{ metric: "loss", direction: "maximize" }] })).toEqual([
    { metric: "loss", direction: "maximize" },
  ]);
});

test("a second objective makes a list of them, and the last one left is a single one again", () => {
  const draft = { ...starterDraft("fashion-mnist"), name: "x", pruner: undefined };
  const first = objectivesOf(draft);
  const two = withObjectives(draft, [...first, objectiveOf("model_bytes")]);
  expect(Object.keys(two)).not.toContain("objective");
  expect(parseSweep(two).objectives).toHaveLength(2);
  expect(withObjectives(two, first)).toEqual(draft);
});
