import { Direction, ParamValue } from "@sweepyard/contract";
import { z } from "zod";
import { fanova } from "../importance/fanova.js";
import type { ImportanceTask } from "../importance/finiteRuns.js";
import { type Importance, normalised } from "../importance/importance.js";
import { meanDecreaseImpurity } from "../importance/meanDecreaseImpurity.js";
import { pedAnova } from "../importance/pedAnova.js";
import { RecordedDistribution, toSpace } from "../recordedSpace.js";
import { RecordedNumber } from "./recordedNumber.js";
import type { Comparison, Section } from "./section.js";
import { differenceOf } from "./vectorCheck.js";

const Shares = z.record(z.string(), RecordedNumber);

/** Exact: with its arguments, before and after scaling to a sum of 1. */
const RecordedExact = z.object({
  args: z.object({
    target_quantile: z.number().optional(),
    region_quantile: z.number().optional(),
    evaluate_on_local: z.boolean().optional(),
  }),
  raw: Shares,
  normalised: Shares,
});

/** By chance: mean and deviation over forests of different seeds, scaled to a sum of 1. */
const RecordedForests = z.object({
  n_trees: z.int(),
  max_depth: z.int(),
  mean: Shares,
  std: Shares,
});
type RecordedForests = z.infer<typeof RecordedForests>;

const ImportanceFile = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      direction: Direction,
      space: z.array(RecordedDistribution.extend({ name: z.string() })),
      trials: z.array(
        z.object({ params: z.record(z.string(), ParamValue), value: RecordedNumber }),
      ),
      importances: z.record(z.string(), z.union([RecordedExact, RecordedForests])),
    }),
  ),
});

const FORESTS = { fanova, mean_decrease_impurity: meanDecreaseImpurity } as const;

/** Importance of the dimensions of recorded tables of runs. */
export const importanceSection: Section = {
  name: "importance",
  searches: false,
  *compare(folder) {
    for (const each of folder.read("importance.json", ImportanceFile)?.cases ?? []) {
      const history = each.trials.map((trial, number) => ({
        ...trial,
        number,
        state: "completed" as const,
      }));
      const space = toSpace(
        Object.fromEntries(each.space.map(({ name, ...distribution }) => [name, distribution])),
      );
      const task = { space, history };
      for (const [label, recorded] of Object.entries(each.importances))
        yield {
          name: `${each.id} ${label}`,
          ...("args" in recorded
            ? compareExact(pedAnova(task, [each.direction], recorded.args), recorded)
            : compareForests(label, task, recorded)),
        };
    }
  },
};

function compareExact(
  found: readonly Importance[],
  recorded: z.infer<typeof RecordedExact>,
): Pick<Comparison, "outcome" | "detail"> {
  const difference =
    differenceOf({ of: "raw", actual: byName(found), expected: recorded.raw }) ??
    differenceOf({
      of: "normalised",
      actual: byName(normalised(found)),
      expected: recorded.normalised,
    });
  if (difference !== null) return { outcome: "failed", detail: difference };
  return { outcome: "passed", detail: `${found.length} equal` };
}

const byName = (importances: readonly Importance[]) =>
  Object.fromEntries(importances.map(({ name, importance }) => [name, importance]));

/** What two forests of different seeds may differ by, beside three of the recorded deviations. */
const TOLERANCE = 0.03;

/** The values, and the order of those that differ by more than chance makes them. */
function compareForests(
  label: string,
  task: ImportanceTask,
  { n_trees, max_depth, mean, std }: RecordedForests,
): Pick<Comparison, "outcome" | "detail"> {
  const evaluate = Object.entries(FORESTS).find(([name]) => name === label)?.[1];
  if (evaluate === undefined) return { outcome: "skipped", detail: "is not known here" };
  const names = Object.keys(mean);
  const found = evaluate(task, { n_trees, max_depth });
  // Recorded are the dimensions that all runs have.
  const ours = byName(normalised(found.filter(({ name }) => names.includes(name))));
  const allowed = (name: string) => 3 * (std[name] ?? 0) + TOLERANCE;
  const gap = (name: string) => Math.abs((ours[name] ?? Number.NaN) - (mean[name] ?? 0));
  const apart = names.find((name) => !(gap(name) <= allowed(name)));
  if (apart !== undefined)
    return {
      outcome: "failed",
      detail: `${apart} is ${ours[apart]}, recorded ${mean[apart]} ± ${std[apart]}`,
    };
  for (const a of names)
    for (const b of names) {
      const lead = (mean[a] ?? 0) - (mean[b] ?? 0);
      if (lead > allowed(a) + allowed(b) && !((ours[a] ?? 0) > (ours[b] ?? 0)))
        return { outcome: "failed", detail: `${a} does not come before ${b}` };
    }
  const widest = Math.max(...names.map(gap));
  return {
    outcome: "passed",
    detail: `${names.length} alike, ${widest.toFixed(3)} apart at most`,
  };
}
