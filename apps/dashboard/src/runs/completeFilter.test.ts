import { parseFilter } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { completeFilter, filterWords } from "./completeFilter.js";

const words = filterWords(
  new Map([
    ["learning_rate", []],
    ["optimizer", ["Adam", "SGD"]],
  ]),
  ["val_loss", "loss"],
);
const offered = (text: string) => completeFilter(text, words).map(({ word }) => word);

describe("a filter's completion", () => {
  test("offers fields, those that begin with what is typed first", () => {
    expect(offered("")).toContain("params.learning_rate");
    expect(offered("l")[0]).toBe("params.learning_rate");
    expect(offered("metrics.")).toEqual(["metrics.val_loss", "metrics.loss"]);
    expect(offered("obj")).toEqual(["objective"]);
    expect(offered("state = failed and (opt")).toEqual(["params.optimizer"]);
  });

  test("offers the values of a field that has only some", () => {
    expect(offered("params.optimizer = ")).toEqual(["Adam", "SGD"]);
    expect(offered("params.optimizer = s")).toEqual(["SGD"]);
    expect(offered("state in (pruned, f")).toEqual(["failed"]);
    expect(offered("state != pa")).toEqual(["paused"]);
    expect(offered("params.learning_rate < ")).toEqual([]);
  });

  test("offers comparisons after a field, and what joins two after a value", () => {
    expect(offered("objective ")).toContain(">=");
    expect(offered("objective > 0.9 ")).toEqual(["and", "or"]);
    expect(offered("state in (failed, pruned) ")).toEqual(["and", "or"]);
    expect(offered("objective > 0.9 o")).toEqual(["or"]);
  });

  test("puts in whole words with which the filter can be gone on with", () => {
    const [completed] = completeFilter("params.learning_rate < 0.1 and sta", words);
    expect(completed?.text).toBe("params.learning_rate < 0.1 and state ");
    expect(() => parseFilter(`${completed?.text}= failed`)).not.toThrow();
    expect(offered("state")).toEqual([]);
  });
});
