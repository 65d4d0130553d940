import { describe, expect, test } from "vitest";
import recorded from "../fixtures/prunerTraces.json" with { type: "json" };
import { createPruner } from "./createPruner.js";
import { bracketBudgets, bracketOf } from "./hyperband.js";
import { toPrunerConfig } from "./recordedPruner.js";
import { replayTrace } from "./replayTrace.js";

describe("decides as Optuna did, report by report", () => {
  test.each(recorded.traces)("$name", (trace) => {
    const { expected, actual } = replayTrace(createPruner(toPrunerConfig(trace.pruner)), trace);
    expect(actual).toEqual(expected);
    expect(expected).toHaveLength(trace.n_reports);
    expect(expected.filter(Boolean)).toHaveLength(trace.n_prune);
  });
});

test.each(recorded.hyperband_brackets)(
  "brackets of $study_name with $min_resource..$max_resource/$reduction_factor",
  (options) => {
    const budgets = bracketBudgets({ ...options, bootstrap_count: 0 });
    expect(budgets).toEqual(options.budgets);
    const brackets = options.bracket_of_trial.map((_, number) =>
      bracketOf(options.study_name, number, budgets),
    );
    expect(brackets).toEqual(options.bracket_of_trial);
  },
);
