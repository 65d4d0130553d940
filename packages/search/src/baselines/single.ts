import { z } from "zod";
import { createSampler } from "../createSampler.js";
import type { Observation } from "../observation.js";
import { toSpace } from "../recordedSpace.js";
import { mannWhitneyLarger, median } from "./mannWhitney.js";
import {
  checkError,
  type Objective,
  ProblemsFile,
  type RecordedProblem,
  toObjective,
} from "./problems.js";
import { RecordedNumber } from "./recordedNumber.js";
import { samplerConfig } from "./recordedSamplers.js";
import { type BaselineOptions, type Comparison, isChosen, type Section } from "./section.js";

const RecordedSearch = z.object({
  seeds: z.array(z.int()),
  best_value: z.record(z.string(), z.object({ values: z.array(RecordedNumber) })),
});
type RecordedSearch = z.infer<typeof RecordedSearch>;

const BaselinesFile = z.object({
  single: z.record(z.string(), z.record(z.string(), RecordedSearch)).default({}),
});

/** Samplers on problems with one objective: best values after the recorded numbers of runs. */
export const singleSection: Section = {
  name: "single",
  searches: true,
  *compare(folder, options) {
    const problems = folder.read("problems.json", ProblemsFile)?.single ?? [];
    const recorded = folder.read("baselines.json", BaselinesFile)?.single ?? {};
    for (const problem of problems)
      if (isChosen(options.problems, problem.id))
        yield* compareProblem(problem, recorded[problem.id] ?? {}, options);
  },
};

function* compareProblem(
  problem: RecordedProblem,
  recorded: Readonly<Record<string, RecordedSearch>>,
  options: BaselineOptions,
): Generator<Comparison> {
  const objective = toObjective(problem);
  if (objective === null) {
    yield { name: problem.id, outcome: "skipped", detail: "its formula is not known here" };
    return;
  }
  const error = checkError(problem, objective);
  const points = `${problem.check.length} check points`;
  yield {
    name: `${problem.id} formula`,
    outcome: error === null ? "passed" : "failed",
    detail: error ?? points,
  };
  for (const [sampler, search] of Object.entries(recorded))
    if (isChosen(options.samplers, sampler))
      yield* compareSampler(problem, objective, {
        sampler,
        search,
        random: recorded.random,
        options,
      });
}

interface SamplerTask {
  readonly sampler: string;
  readonly search: RecordedSearch;
  /** Random search on the same problem: the scale of the differences between medians. */
  readonly random: RecordedSearch | undefined;
  readonly options: BaselineOptions;
}

function* compareSampler(
  problem: RecordedProblem,
  objective: Objective,
  { sampler, search, random, options }: SamplerTask,
): Generator<Comparison> {
  const config = samplerConfig(sampler);
  if (config === null) {
    const detail = "there is no such sampler here";
    yield { name: `${problem.id} ${sampler}`, outcome: "skipped", detail };
    return;
  }
  const space = toSpace(Object.fromEntries(problem.space.map(({ name, ...rest }) => [name, rest])));
  const direction = "minimize";
  const budgets = Object.keys(search.best_value)
    .map(Number)
    .sort((a, b) => a - b);
  const bests = search.seeds.slice(0, options.seeds).map((seed) => {
    const history: Observation[] = [];
    const asker = createSampler(config, { direction });
    const best: number[] = [];
    for (let number = 0; number < (budgets.at(-1) ?? 0); number++) {
      const suggestion = asker.ask(space, history, seed);
      if (suggestion === null) break;
      const [value = Number.NaN] = objective(suggestion.params);
      history.push({ number, ...suggestion, state: "completed", value });
      best.push(Math.min(value, best.at(-1) ?? Number.POSITIVE_INFINITY));
    }
    return best;
  });
  for (const budget of budgets) {
    const theirs = search.best_value[budget]?.values ?? [];
    const ours = bests.map((best) => best[budget - 1] ?? Number.NaN);
    const scale = budget === budgets.at(-1) ? random?.best_value[budget]?.values : undefined;
    yield { name: `${problem.id} ${sampler} at ${budget}`, ...judge(ours, theirs, scale) };
  }
}

/** Below this p-value ours are worse. */
const ALPHA = 0.01;
/** How much worse our median may be, as a share of the gap between theirs and random search's. */
const MEDIAN_SHARE = 0.1;

/**
 * Lower values are better. Ours must not be worse by the rank test, nor, where `random` is given
 * (at the last budget), our median by over a tenth of what theirs gained on random search. Where
 * theirs gained nothing that the rank test can see, a tenth of it is no measure, and the rank
 * test stands alone.
 */
export function judge(
  ours: readonly number[],
  theirs: readonly number[],
  random: readonly number[] = [],
): Pick<Comparison, "outcome" | "detail"> {
  const p = mannWhitneyLarger(ours, theirs);
  const [ourMedian, theirMedian] = [median(ours), median(theirs)];
  const gains = random.length > 0 && mannWhitneyLarger(random, theirs) < ALPHA;
  const limit = gains
    ? theirMedian + MEDIAN_SHARE * Math.max(0, median(random) - theirMedian)
    : Number.POSITIVE_INFINITY;
  const detail = `median ${short(ourMedian)}, recorded ${short(theirMedian)}${
    gains ? ` (at most ${short(limit)})` : ""
  }, p(worse) ${p.toFixed(3)}, ${ours.length} seeds`;
  return { outcome: p >= ALPHA && ourMedian <= limit ? "passed" : "failed", detail };
}

const short = (value: number) => String(Number(value.toPrecision(4)));
