import { Direction, type Params } from "@sweepyard/contract";
import { z } from "zod";
import { bestObservation } from "../best.js";
import { createSampler } from "../createSampler.js";
import { RecordedPruner, toPrunerConfig } from "../recordedPruner.js";
import { RecordedDistribution, toSpace } from "../recordedSpace.js";
import { gauss4 } from "./hashCurves.js";
import { netmixRateOffset, RecordedProblem, toObjective } from "./problems.js";
import { createPrunedStudy } from "./prunedStudy.js";
import { RecordedNumber } from "./recordedNumber.js";
import { samplerConfig } from "./recordedSamplers.js";
import { type Comparison, isChosen, type Section } from "./section.js";
import { judge } from "./single.js";

const Values = z.object({ values: z.array(RecordedNumber) });

const Combo = z.object({
  pruner: RecordedPruner.nullable(),
  final_clean_at_100_trials: Values,
  final_clean_at_epochs: z.record(z.string(), Values.nullable()),
});
type Combo = z.infer<typeof Combo>;

const RecordedCurves = z.object({
  id: z.string(),
  n_trials: z.int(),
  max_epochs: z.int(),
  direction: Direction,
  seeds: z.array(z.int()),
  combos: z.record(z.string(), Combo),
});

const CurveProblem = z.object({
  id: z.string(),
  problem: z.string(),
  space: z.array(RecordedDistribution.extend({ name: z.string() })),
  check: z.array(
    z.object({
      params: RecordedProblem.shape.check.element.shape.params,
      seed: z.int(),
      trial: z.int(),
      curve: z.array(z.number()),
      clean: z.number(),
    }),
  ),
});

const ProblemsFile = z.object({
  single: z.array(RecordedProblem).default([]),
  combo: CurveProblem.optional(),
});
const BaselinesFile = z.object({ curves: RecordedCurves.optional() });

/** A sampler and a pruner together, on learning curves that depend on the params. */
export const curvesSection: Section = {
  name: "curves",
  searches: true,
  *compare(folder, options) {
    const recorded = folder.read("baselines.json", BaselinesFile)?.curves;
    const problems = folder.read("problems.json", ProblemsFile);
    if (recorded === undefined || !isChosen(options.problems, recorded.id)) return;
    const problem = problems?.combo;
    const base = problems?.single.find(({ id }) => id === problem?.problem);
    const clean = base === undefined ? null : cleanCurve(base);
    if (problem?.id !== "netcurve" || recorded.id !== problem.id || clean === null) {
      yield { name: recorded.id, outcome: "skipped", detail: "its formula is not known here" };
      return;
    }
    yield compareFormula(problem, clean);
    const space = toSpace(
      Object.fromEntries(problem.space.map(({ name, ...rest }) => [name, rest])),
    );
    for (const [name, combo] of Object.entries(recorded.combos)) {
      const [samplerName = ""] = name.split("+");
      if (!isChosen(options.samplers, samplerName)) continue;
      const sampler = samplerConfig(samplerName);
      const pruner = toPrunerConfig(combo.pruner);
      if (sampler === null || pruner === null) {
        yield { name, outcome: "skipped", detail: "there is no such sampler or pruner here" };
        continue;
      }
      const tracks = recorded.seeds
        .slice(0, options.seeds)
        .map((seed) => search({ sampler, pruner, space, clean, seed, recorded }));
      yield* compareCombo(name, combo, tracks);
    }
  },
};

type CleanCurve = (params: Params, step: number) => number;

/** The noise-free curve over a problem whose rate offset is netmix's; null for another formula. */
function cleanCurve(base: RecordedProblem): CleanCurve | null {
  const objective = toObjective(base);
  if (objective === null || base.constants.lr0 === undefined) return null;
  const { constants } = base;
  return (params, step) => {
    const [end = Number.NaN] = objective(params);
    const offset = Math.abs(netmixRateOffset({ params, constants }));
    const half = 1 + 6 * offset + 2 * Number(params.dropout);
    return end + ((0.9 - end) * half) / (half + (step + 1));
  };
}

const report = (clean: CleanCurve, params: Params, seed: number, trial: number, step: number) =>
  clean(params, step) + 0.004 * gauss4(seed, trial, step);

function compareFormula(problem: z.infer<typeof CurveProblem>, clean: CleanCurve): Comparison {
  const name = `${problem.id} formula`;
  for (const { params, seed, trial, curve } of problem.check)
    for (const [step, expected] of curve.entries()) {
      const actual = report(clean, params, seed, trial, step);
      if (Math.abs(actual - expected) > 1e-9)
        return {
          name,
          outcome: "failed",
          detail: `step ${step} is ${actual}, recorded ${expected}`,
        };
    }
  return { name, outcome: "passed", detail: `${problem.check.length} check curves` };
}

interface Search {
  readonly sampler: Parameters<typeof createSampler>[0];
  readonly pruner: Parameters<typeof createPrunedStudy>[0]["pruner"];
  readonly space: Parameters<ReturnType<typeof createSampler>["ask"]>[0];
  readonly clean: CleanCurve;
  readonly seed: number;
  readonly recorded: z.infer<typeof RecordedCurves>;
}

/** After each run: the epochs so far, and the noise-free end of the best run, if any completed. */
interface Mark {
  readonly epochs: number;
  readonly best: number | null;
}

function search({ sampler, pruner, space, clean, seed, recorded }: Search): Mark[] {
  const { id, direction, max_epochs, n_trials } = recorded;
  const name = `${id}-${seed}`;
  const study = createPrunedStudy({ pruner, direction, name });
  const asker = createSampler(sampler, { direction });
  const marks: Mark[] = [];
  let epochs = 0;
  for (let trial = 0; trial < n_trials; trial++) {
    // Beside Hyperband too Optuna's samplers see the runs of all brackets (docs/decisions/pruning.md).
    const suggestion = asker.ask(space, study.runs, seed);
    if (suggestion === null) break;
    const { params } = suggestion;
    const points = Array.from({ length: max_epochs }, (_, step) => ({
      step,
      value: report(clean, params, seed, trial, step),
    }));
    epochs += study.run(points, params).points.length;
    const best = bestObservation(study.runs, { direction });
    marks.push({ epochs, best: best && clean(best.params, max_epochs - 1) });
  }
  return marks;
}

function* compareCombo(
  name: string,
  combo: Combo,
  tracks: readonly (readonly Mark[])[],
): Generator<Comparison> {
  const finals = tracks.map((marks) => marks.at(-1)?.best);
  const theirs = combo.final_clean_at_100_trials.values;
  yield { name: `${name} after all runs`, ...judge(numbersOf(finals), theirs) };
  for (const [budget, recorded] of Object.entries(combo.final_clean_at_epochs)) {
    if (recorded === null) continue;
    const ours = tracks.map(
      (marks) => marks.findLast(({ epochs }) => epochs <= Number(budget))?.best,
    );
    // A study without a completed run within the budget is left out on both sides.
    yield { name: `${name} at ${budget} epochs`, ...judge(numbersOf(ours), recorded.values) };
  }
}

const numbersOf = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value) => typeof value === "number");
