import {
  type Dimension,
  isTerminal,
  type Params,
  type ParamValue,
  type Space,
} from "@sweepyard/contract";
import { decomposeGroups } from "./decomposeGroups.js";
import { mapSpace } from "./mapSpace.js";
import { goodCountMulti, rankedByDominance, splitByDominance } from "./motpeSplit.js";
import { directionsOf } from "./objectives.js";
import { drawIndex, type Observation } from "./observation.js";
import { createParzenEstimator, type ParzenOptions } from "./parzen.js";
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
  /** Learn together those params that occur together: every group is drawn jointly by itself. */
  readonly group?: boolean;
  /** Runs still going count as bad; true if absent. */
  readonly constant_liar?: boolean;
  /** How many runs the flat prior counts as; 1 if absent. */
  readonly prior_weight?: number;
  /** No kernel is narrower than range / min(100, runs + 2); true if absent. */
  readonly consider_magic_clip?: boolean;
  /** The ends of the range count as neighbours of the outermost runs; false if absent. */
  readonly consider_endpoints?: boolean;
}

/**
 * The tree-structured Parzen estimator: proposes what is likely among the good runs and unlikely
 * among the bad ones, with Optuna 5.0's defaults. The dimensions that every ranked run has are
 * drawn jointly; each other one (a conditional one) on its own, from the runs that have it. With
 * `group`, dimensions that occur in the same runs are drawn jointly, group by group.
 * Values count only by their order; what splitRuns leaves out or calls bad, see there. With
 * several objectives (MOTPE) runs are told apart by splitByDominance, and good ones weigh alike.
 * @see Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; Watanabe,
 *   "Tree-structured Parzen estimator" (2023)
 */
export function createTpeSampler(options: TpeOptions, goal: Goal): Sampler {
  const directions = directionsOf(goal);
  const several = directions.length > 1;
  const multivariate = options.multivariate ?? (options.group === true || !several);
  const parzen = {
    priorWeight: options.prior_weight ?? 1,
    magicClip: options.consider_magic_clip ?? true,
    endpoints: options.consider_endpoints ?? false,
  };
  const codes = createCodes();
  return {
    learns: true,
    ask(space, history, seed) {
      const ranked = several ? rankedByDominance(history, directions) : history.filter(isRanked);
      if (ranked.length < options.n_startup_trials) {
        const random = randomSampler.ask(space, history, seed);
        const reason = { sampler: "tpe", startup: true, ranked: ranked.length };
        return random && { ...random, reason };
      }
      const known = options.constant_liar === false ? history.filter(hasEnded) : history;
      const split = several
        ? splitByDominance(known, directions, goodCountMulti(ranked.length))
        : splitRuns(known, goal.direction, goodCount(ranked.length));
      const nextUnit = createUniform(seed, drawIndex(history));
      const propose = (names: readonly string[]) =>
        proposeBest(toColumns(space, names), {
          split,
          weighAlike: several,
          candidates: options.n_ei_candidates,
          parzen,
          codesOf: codes(space),
          nextUnit,
        });

      const groups = multivariate ? jointGroups(space, ranked, options.group === true) : [];
      const joint = new Map(
        groups.flatMap((names) => {
          const proposal = propose(names);
          return names.map((name) => [name, proposal] as const);
        }),
      );
      const alone: Proposal[] = [];
      const params = mapSpace(space, (dimension, name) => {
        const proposal = joint.get(name) ?? propose([name]);
        if (!joint.has(name)) alone.push(proposal);
        const drawn = proposal.params[name];
        return drawn === undefined ? fromUnit(dimension, nextUnit()) : drawn;
      });
      const drawn = [...new Set(joint.values()), ...alone];
      const together = groups.length === 0 ? [] : drawn.slice(0, groups.length);
      const reason = {
        sampler: "tpe",
        good: split.good.length,
        bad: split.bad.length,
        joint: joint.size,
        ...(options.group === true && { groups: groups.length }),
        log_good: sumOrNull(together.map(({ logGood }) => logGood)),
        log_bad: sumOrNull(together.map(({ logBad }) => logBad)),
      };
      return { params, reason };
    },
  };
}

/**
 * Dimensions to be drawn jointly. By default one group: those that every ranked run has. With
 * `grouped`, any that some ranked run has, parted by which of them occur together.
 */
function jointGroups(space: Space, ranked: readonly Observation[], grouped: boolean): string[][] {
  const has = ({ params }: Observation, name: string, dimension: Dimension) =>
    !Number.isNaN(codeOf(params, name, dimension));
  const entries = Object.entries(space);
  if (grouped) {
    const sets = new Map<string, readonly string[]>();
    for (const run of ranked) {
      const names = entries
        .filter(([name, dimension]) => has(run, name, dimension))
        .map(([name]) => name);
      sets.set(names.join(), names);
    }
    return decomposeGroups([...sets.values()]);
  }
  const names = entries
    .filter(
      ([name, dimension]) =>
        dimension.when === undefined || ranked.every((run) => has(run, name, dimension)),
    )
    .map(([name]) => name);
  return names.length === 0 ? [] : [names];
}

/** Null where a density is unknown or 0, or nothing was drawn. */
function sumOrNull(logs: readonly (number | null)[]): number | null {
  if (logs.every((log) => log === null)) return null;
  return logs.reduce<number>((sum, log) => sum + (log ?? 0), 0);
}

interface Column {
  readonly name: string;
  /** Its place in the space. */
  readonly position: number;
  readonly dimension: Dimension;
  readonly axis: ParzenAxis;
}

/** Dimensions with a single value have nothing to learn and are left to `fromUnit`. */
function toColumns(space: Space, names: readonly string[]): Column[] {
  const order = Object.keys(space);
  return names.flatMap((name) => {
    const dimension = space[name];
    const axis = dimension === undefined ? null : createParzenAxis(dimension);
    if (dimension === undefined || axis === null) return [];
    return [{ name, position: order.indexOf(name), dimension, axis }];
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
  readonly parzen: ParzenOptions;
  readonly codesOf: CodesOf;
  readonly nextUnit: () => number;
}

/** Draws candidates from the good runs' density; the first with the highest ratio wins. */
function proposeBest(
  columns: readonly Column[],
  { split: { good, bad }, weighAlike, candidates, parzen, codesOf, nextUnit }: ProposalTask,
): Proposal {
  if (columns.length === 0) return { params: {}, logGood: null, logBad: null };
  const axes = columns.map(({ axis }) => axis);
  const goodCodes = toObservations(columns, good, codesOf);
  const weights = weighAlike ? goodCodes[0]?.map(() => 1) : undefined;
  const goodDensity = createParzenEstimator(axes, goodCodes, {
    ...parzen,
    ...(weights && { weights }),
  });
  const badDensity = createParzenEstimator(axes, toObservations(columns, bad, codesOf), parzen);
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
function toObservations(
  columns: readonly Column[],
  runs: readonly Observation[],
  codesOf: CodesOf,
): Float64Array[] {
  const rows = runs.map(({ params }) => codesOf(params));
  const has = (row: Float64Array) => columns.every(({ position }) => !Number.isNaN(row[position]));
  const complete = rows.every(has) ? rows : rows.filter(has);
  return columns.map(({ position }) => {
    const codes = new Float64Array(complete.length);
    for (let row = 0; row < codes.length; row++) codes[row] = complete[row]?.[position] ?? 0;
    return codes;
  });
}

/** Codes of params, one for each dimension of a space; NaN where it has no valid value. */
type CodesOf = (params: Params) => Float64Array;

/** Params never change, so each run's codes are worked out once for a space. */
function createCodes(): (space: Space) => CodesOf {
  const known = new WeakMap<Space, WeakMap<Params, Float64Array>>();
  return (space) => {
    const ofSpace = known.get(space) ?? new WeakMap<Params, Float64Array>();
    known.set(space, ofSpace);
    const dimensions = Object.entries(space);
    return (params) => {
      let codes = ofSpace.get(params);
      if (codes === undefined) {
        codes = Float64Array.from(dimensions, ([name, dimension]) =>
          codeOf(params, name, dimension),
        );
        ofSpace.set(params, codes);
      }
      return codes;
    };
  };
}

const codeOf = (params: Params, name: string, dimension: Dimension): number =>
  toCode(dimension, Object.hasOwn(params, name) ? params[name] : undefined);

const hasEnded = ({ state }: Observation) => isTerminal(state);

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
