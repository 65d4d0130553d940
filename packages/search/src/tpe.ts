import type { Dimension, Params, ParamValue, Space } from "@sweepyard/contract";
import { mapSpace } from "./mapSpace.js";
import { goodCountMulti, rankedByDominance, splitByDominance } from "./motpeSplit.js";
import { directionsOf } from "./objectives.js";
import { drawIndex, type Observation } from "./observation.js";
import { createParzenEstimator } from "./parzen.js";
import { createParzenAxis, fromCode, type ParzenAxis, toCode } from "./parzenAxis.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";
import { goodCount, isRanked, splitRuns, type TpeSplit } from "./tpeSplit.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

/** Optuna's names. */
export interface TpeOptions {
  /** Random runs until so many have completed or been pruned. */
  readonly n_startup_trials: number;
  /** Points drawn from the good runs' density, of which the best is proposed. */
  readonly n_ei_candidates: number;
  /**
   * Learn which params go together; otherwise each dimension is on its own. Absent: with one
   * objective only.
   */
  readonly multivariate?: boolean;
}

/**
 * The tree-structured Parzen estimator: proposes what is likely among the good runs and unlikely
 * among the bad ones, with Optuna 5.0's defaults. The dimensions that every ranked run has are
 * drawn jointly; each other one (a conditional one) on its own, from the runs that have it.
 * Values count only by their order; what splitRuns leaves out or calls bad, see there. With
 * several objectives (MOTPE) runs are told apart by splitByDominance, and good ones weigh alike.
 * @see Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; Watanabe,
 *   "Tree-structured Parzen estimator" (2023)
 */
export function createTpeSampler(options: TpeOptions, goal: Goal): Sampler {
  const directions = directionsOf(goal);
  const several = directions.length > 1;
  const multivariate = options.multivariate ?? !several;
  return {
    learns: true,
    ask(space, history, seed) {
      const ranked = several ? rankedByDominance(history, directions) : history.filter(isRanked);
      if (ranked.length < options.n_startup_trials) {
        const random = randomSampler.ask(space, history, seed);
        const reason = { sampler: "tpe", startup: true, ranked: ranked.length };
        return random && { ...random, reason };
      }
      const split = several
        ? splitByDominance(history, directions, goodCountMulti(ranked.length))
        : splitRuns(history, goal.direction, goodCount(ranked.length));
      const nextUnit = createUniform(seed, drawIndex(history));
      const propose = (names: readonly string[]) =>
        proposeBest(toColumns(space, names), {
          split,
          weighAlike: several,
          candidates: options.n_ei_candidates,
          nextUnit,
        });

      const names = multivariate ? jointNames(space, ranked) : [];
      const joint = propose(names);
      const params = mapSpace(space, (dimension, name) => {
        const drawn = names.includes(name) ? joint.params : propose([name]).params;
        return drawn[name] === undefined ? fromUnit(dimension, nextUnit()) : drawn[name];
      });
      const reason = {
        sampler: "tpe",
        good: split.good.length,
        bad: split.bad.length,
        joint: names.length,
        log_good: joint.logGood,
        log_bad: joint.logBad,
      };
      return { params, reason };
    },
  };
}

/** Unconditional dimensions, and conditional ones that happen to be in every ranked run. */
function jointNames(space: Space, ranked: readonly Observation[]): string[] {
  return Object.entries(space)
    .filter(
      ([name, dimension]) =>
        dimension.when === undefined ||
        ranked.every(({ params }) => !Number.isNaN(codeOf(params, name, dimension))),
    )
    .map(([name]) => name);
}

interface Column {
  readonly name: string;
  readonly dimension: Dimension;
  readonly axis: ParzenAxis;
}

/** Dimensions with a single value have nothing to learn and are left to `fromUnit`. */
function toColumns(space: Space, names: readonly string[]): Column[] {
  return names.flatMap((name) => {
    const dimension = space[name];
    const axis = dimension === undefined ? null : createParzenAxis(dimension);
    return dimension === undefined || axis === null ? [] : [{ name, dimension, axis }];
  });
}

interface Proposal {
  readonly params: Readonly<Record<string, ParamValue | undefined>>;
  /** Log densities of the proposal among good and bad runs; null if there is nothing to draw. */
  readonly logGood: number | null;
  readonly logBad: number | null;
}

interface ProposalTask {
  readonly split: TpeSplit;
  /** Whether all good runs count alike; otherwise older ones count less. */
  readonly weighAlike: boolean;
  readonly candidates: number;
  readonly nextUnit: () => number;
}

/** Draws candidates from the good runs' density; the first with the highest ratio wins. */
function proposeBest(
  columns: readonly Column[],
  { split: { good, bad }, weighAlike, candidates, nextUnit }: ProposalTask,
): Proposal {
  if (columns.length === 0) return { params: {}, logGood: null, logBad: null };
  const axes = columns.map(({ axis }) => axis);
  const goodCodes = toObservations(columns, good);
  const weights = weighAlike ? goodCodes[0]?.map(() => 1) : undefined;
  const goodDensity = createParzenEstimator(axes, goodCodes, weights);
  const badDensity = createParzenEstimator(axes, toObservations(columns, bad));
  let best = { codes: [] as number[], logGood: 0, logBad: 0, ratio: Number.NEGATIVE_INFINITY };
  for (let candidate = 0; candidate < candidates; candidate++) {
    const codes = goodDensity.sample(nextUnit);
    const [logGood, logBad] = [goodDensity.logPdf(codes), badDensity.logPdf(codes)];
    const difference = logGood - logBad;
    const ratio = Number.isNaN(difference) ? Number.NEGATIVE_INFINITY : difference;
    if (candidate === 0 || ratio > best.ratio) best = { codes, logGood, logBad, ratio };
  }
  const entries = columns.map(({ name, dimension }, position) => [
    name,
    fromCode(dimension, best.codes[position] ?? Number.NaN),
  ]);
  return {
    params: Object.fromEntries(entries),
    logGood: finiteOrNull(best.logGood),
    logBad: finiteOrNull(best.logBad),
  };
}

/** [column][run] codes of the runs that have a valid value in each column. */
function toObservations(columns: readonly Column[], runs: readonly Observation[]): Float64Array[] {
  const codes = columns.map(({ name, dimension }) =>
    Float64Array.from(runs, ({ params }) => codeOf(params, name, dimension)),
  );
  const complete = runs.map((_, row) => codes.every((column) => !Number.isNaN(column[row])));
  if (complete.every(Boolean)) return codes;
  return codes.map((column) => column.filter((_, row) => complete[row]));
}

const codeOf = (params: Params, name: string, dimension: Dimension): number =>
  toCode(dimension, Object.hasOwn(params, name) ? params[name] : undefined);

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
