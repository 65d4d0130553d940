import { z } from "zod";
import { createSampler } from "../createSampler.js";
import { hypervolume } from "../hypervolume.js";
import type { Observation } from "../observation.js";
import { toSpace } from "../recordedSpace.js";
import type { Goal } from "../sampler.js";
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
import { judge } from "./single.js";

const RecordedSearch = z.object({
  seeds: z.array(z.int()),
  hypervolume: z.record(z.string(), z.object({ values: z.array(RecordedNumber) })),
});
type RecordedSearch = z.infer<typeof RecordedSearch>;

const BaselinesFile = z.object({
  multi: z.record(z.string(), z.record(z.string(), RecordedSearch)).default({}),
});

/** Samplers on problems with several objectives: hypervolumes after the recorded numbers of runs. */
export const multiSection: Section = {
  name: "multi",
  searches: true,
  *compare(folder, options) {
    const problems = folder.read("problems.json", ProblemsFile)?.multi ?? [];
    const recorded = folder.read("baselines.json", BaselinesFile)?.multi ?? {};
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
  if (objective === null || problem.reference_point === undefined) {
    const detail = objective === null ? "its formula is not known here" : "has no reference point";
    yield { name: problem.id, outcome: "skipped", detail };
    return;
  }
  const error = checkError(problem, objective);
  yield {
    name: `${problem.id} formula`,
    outcome: error === null ? "passed" : "failed",
    detail: error ?? `${problem.check.length} check points`,
  };
  const task = { problem, objective, reference: problem.reference_point, options };
  for (const [sampler, search] of Object.entries(recorded))
    if (isChosen(options.samplers, sampler))
      yield* compareSampler(task, sampler, { search, random: recorded.random });
}

interface ProblemTask {
  readonly problem: RecordedProblem;
  readonly objective: Objective;
  readonly reference: readonly number[];
  readonly options: BaselineOptions;
}

interface Recorded {
  readonly search: RecordedSearch;
  /** Random search on the same problem: the scale of the differences between medians. */
  readonly random: RecordedSearch | undefined;
}

function* compareSampler(
  { problem, objective, reference, options }: ProblemTask,
  sampler: string,
  { search, random }: Recorded,
): Generator<Comparison> {
  const config = samplerConfig(sampler);
  if (config === null) {
    const detail = "there is no such sampler here";
    yield { name: `${problem.id} ${sampler}`, outcome: "skipped", detail };
    return;
  }
  const space = toSpace(Object.fromEntries(problem.space.map(({ name, ...rest }) => [name, rest])));
  const goal: Goal = { direction: "minimize", directions: reference.map(() => "minimize") };
  const budgets = Object.keys(search.hypervolume)
    .map(Number)
    .sort((a, b) => a - b);
  const fronts = search.seeds.slice(0, options.seeds).map((seed) => {
    const history: Observation[] = [];
    const asker = createSampler(config, goal);
    for (let number = 0; number < (budgets.at(-1) ?? 0); number++) {
      const suggestion = asker.ask(space, history, seed);
      if (suggestion === null) break;
      const values = objective(suggestion.params);
      history.push({ number, ...suggestion, state: "completed", value: values[0] ?? null, values });
    }
    return history.map(({ values = [] }) => values.map(Number));
  });
  for (const budget of budgets) {
    // More is better, but `judge` wants less.
    const lost = (hypervolumes: readonly number[] = []) => hypervolumes.map((volume) => -volume);
    const ours = lost(fronts.map((points) => hypervolume(points.slice(0, budget), reference)));
    const theirs = lost(search.hypervolume[budget]?.values);
    const scale = budget === budgets.at(-1) ? lost(random?.hypervolume[budget]?.values) : undefined;
    yield {
      name: `${problem.id} ${sampler} -hypervolume at ${budget}`,
      ...judge(ours, theirs, scale),
    };
  }
}
