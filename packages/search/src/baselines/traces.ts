import { z } from "zod";
import { createPruner } from "../createPruner.js";
import { bracketBudgets, bracketOf } from "../hyperband.js";
import { RecordedPruner, toPrunerConfig } from "../recordedPruner.js";
import { replayTrace } from "../replayTrace.js";
import { RecordedNumber } from "./recordedNumber.js";
import type { Comparison, Section } from "./section.js";

const RecordedTrace = z.object({
  name: z.string(),
  pruner: RecordedPruner,
  direction: z.string(),
  study_name: z.string(),
  events: z.array(
    z.object({
      op: z.string(),
      trial: z.int(),
      step: z.int().optional(),
      value: RecordedNumber.nullish(),
      state: z.string().optional(),
      prune: z.boolean().optional(),
    }),
  ),
});

const RecordedBrackets = z.object({
  study_name: z.string(),
  min_resource: z.int(),
  max_resource: z.int(),
  reduction_factor: z.int(),
  budgets: z.array(z.int()),
  bracket_of_trial: z.array(z.int()),
});

const TracesFile = z.object({
  traces: z.array(RecordedTrace).default([]),
  hyperband_brackets: z.array(RecordedBrackets).default([]),
});

/** Pruners' decisions, report by report, and Hyperband's brackets. */
export const tracesSection: Section = {
  name: "traces",
  searches: false,
  *compare(folder) {
    const recorded = folder.read("traces.json", TracesFile);
    for (const trace of recorded?.traces ?? []) yield compareTrace(trace);
    for (const brackets of recorded?.hyperband_brackets ?? []) yield compareBrackets(brackets);
  },
};

function compareTrace(trace: z.infer<typeof RecordedTrace>): Comparison {
  const { name, pruner } = trace;
  const config = toPrunerConfig(pruner);
  if (config === null)
    return { name, outcome: "skipped", detail: `there is no ${pruner.class} here` };
  const { expected, actual } = replayTrace(createPruner(config), trace);
  const first = expected.findIndex((prune, index) => prune !== actual[index]);
  if (first === -1)
    return { name, outcome: "passed", detail: `${expected.length} decisions equal` };
  const said = (prune: boolean | undefined) => (prune ? "stop" : "go on");
  const detail = `decision ${first + 1} of ${expected.length} is ${said(actual[first])}, recorded ${said(expected[first])}`;
  return { name, outcome: "failed", detail };
}

function compareBrackets(recorded: z.infer<typeof RecordedBrackets>): Comparison {
  const { study_name, min_resource, max_resource, reduction_factor, bracket_of_trial } = recorded;
  const name = `brackets of ${study_name}, ${min_resource}..${max_resource}/${reduction_factor}`;
  const budgets = bracketBudgets({ ...recorded, bootstrap_count: 0 });
  const brackets = bracket_of_trial.map((_, number) => bracketOf(study_name, number, budgets));
  const differs =
    String(budgets) !== String(recorded.budgets)
      ? `budgets are ${budgets}, recorded ${recorded.budgets}`
      : String(brackets) !== String(bracket_of_trial)
        ? `brackets are ${brackets}, recorded ${bracket_of_trial}`
        : null;
  return differs === null
    ? { name, outcome: "passed", detail: `${brackets.length} runs equal` }
    : { name, outcome: "failed", detail: differs };
}
