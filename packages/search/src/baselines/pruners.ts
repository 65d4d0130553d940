import { Direction } from "@sweepyard/contract";
import { z } from "zod";
import { bestObservation } from "../best.js";
import type { CurvePoint } from "../observation.js";
import { RecordedPruner, toPrunerConfig } from "../recordedPruner.js";
import { instanceOrder, instanceValue, lcClean, lcValue } from "./hashCurves.js";
import { createPrunedStudy } from "./prunedStudy.js";
import { RecordedNumber } from "./recordedNumber.js";
import type { BaselineOptions, Comparison, Section } from "./section.js";
import { differenceOf, type Pair } from "./vectorCheck.js";

const Values = z.object({ values: z.array(RecordedNumber.nullable()) });

const RecordedOutcome = z.object({
  pruner: RecordedPruner.nullable(),
  total_epochs: Values,
  best_trial: z.array(z.int().nullable()),
  best_value: Values,
  lengths_first_seed: z.array(z.int()),
  n_complete: z.array(z.int()).optional(),
});
type RecordedOutcome = z.infer<typeof RecordedOutcome>;

const Family = z.object({
  n_trials: z.int(),
  direction: Direction,
  seeds: z.array(z.int()),
  pruners: z.record(z.string(), RecordedOutcome),
});

const BaselinesFile = z.object({
  pruners: z
    .object({
      families: z
        .record(z.string(), Family.extend({ max_epochs: z.int(), study_name: z.string() }))
        .default({}),
      instances: Family.extend({ n_instances: z.int() }).optional(),
    })
    .optional(),
});

const CurveCheck = z.object({
  seed: z.int(),
  trial: z.int(),
  step: z.int(),
  clean: z.number(),
  value: z.number(),
});
const InstanceCheck = z.object({
  seed: z.int(),
  trial: z.int(),
  instance: z.int(),
  value: z.number(),
});
const ProblemsFile = z.object({
  curve_family: z.object({ id: z.string(), check: z.array(CurveCheck) }).optional(),
  instances: z.object({ check: z.array(InstanceCheck) }).optional(),
});

/** Pruners alone, on curves that a hash draws: epochs, lengths and the best run must be equal. */
export const prunersSection: Section = {
  name: "pruners",
  searches: false,
  *compare(folder, options) {
    const problems = folder.read("problems.json", ProblemsFile);
    const recorded = folder.read("baselines.json", BaselinesFile)?.pruners;
    const { families = {}, instances } = recorded ?? {};
    const family = problems?.curve_family;
    for (const [id, each] of Object.entries(families)) {
      if (family?.id !== "lc" || !id.startsWith("lc-")) {
        yield { name: id, outcome: "skipped", detail: "its formula is not known here" };
        continue;
      }
      yield comparePoints(`${id} formula`, family.check.flatMap(curvePairs));
      yield* compareFamily(id, each, options, (seed, trial) => ({
        points: curveOf(seed, trial, each.max_epochs),
        study: each.study_name.replace("<seed>", String(seed)),
      }));
    }
    if (instances === undefined) return;
    yield comparePoints("instances formula", (problems?.instances?.check ?? []).map(instancePair));
    yield* compareFamily("instances", instances, options, (seed, trial) => ({
      points: instancesOf(seed, trial, instances.n_instances),
      study: "",
      tellsMean: true,
    }));
  },
};

const curveOf = (seed: number, trial: number, epochs: number): CurvePoint[] =>
  Array.from({ length: epochs }, (_, step) => ({ step, value: lcValue(seed, trial, step) }));

const instancesOf = (seed: number, trial: number, instances: number): CurvePoint[] =>
  instanceOrder(seed, trial, instances).map((instance) => ({
    step: instance,
    value: instanceValue(seed, trial, instance),
  }));

const curvePairs = ({ seed, trial, step, clean, value }: z.infer<typeof CurveCheck>): Pair[] => [
  { of: `clean(${step})`, actual: lcClean(seed, trial)(step), expected: clean, tolerance: 0 },
  { of: `value(${step})`, actual: lcValue(seed, trial, step), expected: value, tolerance: 0 },
];

const instancePair = ({ seed, trial, instance, value }: z.infer<typeof InstanceCheck>): Pair => ({
  of: `value(${instance})`,
  actual: instanceValue(seed, trial, instance),
  expected: value,
  tolerance: 0,
});

function comparePoints(name: string, pairs: readonly Pair[]): Comparison {
  const first = pairs.map(differenceOf).find((difference) => difference !== null);
  return first === undefined
    ? { name, outcome: "passed", detail: `${pairs.length} check points` }
    : { name, outcome: "failed", detail: first };
}

interface Trial {
  readonly points: readonly CurvePoint[];
  readonly study: string;
  /** A stopped trial is told as complete, with the mean of what it has seen. */
  readonly tellsMean?: boolean;
}

function* compareFamily(
  id: string,
  { n_trials, direction, seeds, pruners }: z.infer<typeof Family>,
  options: BaselineOptions,
  trialOf: (seed: number, trial: number) => Trial,
): Generator<Comparison> {
  const chosen = seeds.slice(0, options.seeds);
  for (const [name, recorded] of Object.entries(pruners)) {
    const pruner = toPrunerConfig(recorded.pruner);
    if (pruner === null) {
      const detail = `there is no ${recorded.pruner?.class} here`;
      yield { name: `${id} ${name}`, outcome: "skipped", detail };
      continue;
    }
    const pairs = chosen.flatMap((seed, index) => {
      const study = createPrunedStudy({ pruner, direction, name: trialOf(seed, 0).study });
      for (let trial = 0; trial < n_trials; trial++) {
        const { points, tellsMean } = trialOf(seed, trial);
        const run = study.run(points);
        if (!tellsMean) continue;
        run.state = "completed";
        run.value =
          run.points.reduce((sum, { value }) => sum + Number(value), 0) / run.points.length;
      }
      const lengths = study.runs.map(({ points }) => points.length);
      const best = bestObservation(study.runs, { direction });
      return outcomePairs(recorded, index, {
        lengths,
        bestTrial: best?.number ?? null,
        bestValue: best?.value ?? null,
        completed: study.runs.filter(({ state }) => state === "completed").length,
      });
    });
    yield {
      ...comparePoints(`${id} ${name}`, pairs),
      ...(pairs.every((pair) => differenceOf(pair) === null) && {
        detail: `epochs, best run and lengths equal, ${chosen.length} seeds`,
      }),
    };
  }
}

function outcomePairs(
  recorded: RecordedOutcome,
  index: number,
  ours: {
    readonly lengths: readonly number[];
    readonly bestTrial: number | null;
    readonly bestValue: number | null;
    readonly completed: number;
  },
): Pair[] {
  const of = (what: string) => `${what} of seed ${index}`;
  const pairs: Pair[] = [
    {
      of: of("total epochs"),
      actual: ours.lengths.reduce((sum, length) => sum + length, 0),
      expected: recorded.total_epochs.values[index],
      tolerance: 0,
    },
    {
      of: of("best run"),
      actual: ours.bestTrial,
      expected: recorded.best_trial[index],
      tolerance: 0,
    },
    {
      of: of("best value"),
      actual: ours.bestValue,
      expected: recorded.best_value.values[index],
      tolerance: 1e-14,
    },
  ];
  const completed = recorded.n_complete?.[index];
  if (completed !== undefined)
    pairs.push({ of: of("completed runs"), actual: ours.completed, expected: completed });
  if (index === 0)
    pairs.push({
      of: "lengths",
      actual: ours.lengths,
      expected: recorded.lengths_first_seed,
      tolerance: 0,
    });
  return pairs;
}
