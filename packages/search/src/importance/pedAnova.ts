import type { Direction, Space } from "@sweepyard/contract";
import { bestByDominance } from "../bestByDominance.js";
import { toLosses } from "../dominance.js";
import { levelCount } from "../levels.js";
import { createUniform } from "../uniform.js";
import { completedRuns, type FiniteRun, finiteRuns, type ImportanceTask } from "./finiteRuns.js";
import { gridDensity } from "./gridDensity.js";
import { type Importance, meanAndSpread, ranked } from "./importance.js";
import { importanceGrid } from "./importanceGrid.js";

/** Optuna's names and defaults. */
export interface PedAnovaOptions {
  /** The share of runs that are good: importance is of being among them. */
  readonly target_quantile?: number;
  /** The share of runs within which that is asked; 1: all. */
  readonly region_quantile?: number;
  /** Compare the good runs with the other ones, not with the space. */
  readonly evaluate_on_local?: boolean;
  /** Drawings of the runs, with replacement, that the spread is taken over; 0: no spread. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** Runs of a dimension below which Optuna passes them over. */
const FEWEST_RUNS = 2;

/**
 * PED-ANOVA: how differently the best tenth of the runs is spread along each dimension from all of
 * them; Optuna's default evaluator, not normalised. It takes 5 good runs, 50 in all, before it says
 * much. A conditional dimension counts by how many of the good runs have it. With an `objective`
 * of null runs are good by the Pareto front; the spread is then not known.
 * @param directions of all objectives
 * @see Watanabe, Bansal & Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in
 *   arbitrary subspaces", IJCAI 2023; of conditional dimensions: arXiv:2601.20800, theorem 4.2
 */
export function pedAnova(
  { objective = 0, ...task }: Omit<ImportanceTask, "objective"> & { objective?: number | null },
  directions: readonly Direction[],
  options: PedAnovaOptions = {},
): Importance[] {
  const { resamples = 0, seed = 0 } = options;
  const columns = toColumns(task.space);
  const { runs, bestOf } =
    objective === null
      ? rankByFront(task, directions)
      : rankByLoss(finiteRuns({ ...task, objective }), directions[objective]);
  const places = columns.map((column) => column.placesOf(runs));
  const assess = (weights: Float64Array) =>
    importancesOf(columns, places, (share) => bestOf(share, weights), options);
  const found = assess(new Float64Array(runs.length).fill(1));
  if (resamples === 0 || objective === null) return found;
  const drawn = Array.from({ length: resamples }, (_, number) => {
    const nextUnit = createUniform(seed, number);
    const weights = new Float64Array(runs.length);
    for (let draw = 0; draw < runs.length; draw++) {
      const run = Math.floor(nextUnit() * runs.length);
      weights[run] = (weights[run] ?? 0) + 1;
    }
    return new Map(assess(weights).map(({ name, importance }) => [name, importance]));
  });
  return found.map((each) => {
    const [, spread] = meanAndSpread(drawn.map((importances) => importances.get(each.name) ?? 0));
    return { ...each, spread };
  });
}

interface Column {
  readonly name: string;
  readonly places: number;
  readonly unordered: boolean;
  /** Of each run; -1: it does not have the dimension. */
  placesOf(runs: readonly Pick<FiniteRun, "params">[]): Int32Array;
}

const toColumns = (space: Space): Column[] =>
  Object.entries(space).flatMap(([name, dimension]): Column[] => {
    if (levelCount(dimension) === 1) return [];
    const { places, unordered, placeOf } = importanceGrid(dimension);
    return [
      {
        name,
        places,
        unordered,
        placesOf: (runs) =>
          Int32Array.from(runs, ({ params }) => {
            const value = Object.hasOwn(params, name) ? params[name] : undefined;
            return value === undefined ? -1 : placeOf(value);
          }),
      },
    ];
  });

/** @param best how often each run counts among the best share of all */
function importancesOf(
  columns: readonly Column[],
  places: readonly Int32Array[],
  best: (share: number) => Float64Array,
  { target_quantile = 0.1, region_quantile = 1, evaluate_on_local = true }: PedAnovaOptions,
): Importance[] {
  const [good, region] = [best(target_quantile), best(region_quantile)];
  const sumOf = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0);
  const [goodRuns, regionRuns] = [sumOf(good), sumOf(region)];
  if (regionRuns < FEWEST_RUNS) return [];
  const quantile = goodRuns / regionRuns;
  const importances = columns.map((column, index): Importance => {
    const own = places[index] ?? new Int32Array();
    const ofGood = countPlaces(own, good, column.places);
    const ofRegion = countPlaces(own, region, column.places);
    const { name } = column;
    const runs = ofRegion.runs;
    if (runs < FEWEST_RUNS || ofGood.runs === 0) return { name, importance: 0, spread: null, runs };
    const divergence = pearsonDivergence(column, ofGood, evaluate_on_local ? ofRegion : null);
    const weight = (ofGood.runs / goodRuns) ** 2 / (runs / regionRuns);
    return { name, importance: quantile ** 2 * weight * divergence, spread: null, runs };
  });
  return ranked(importances);
}

function countPlaces(places: Int32Array, weights: Float64Array, size: number): GridRuns {
  const counts = new Float64Array(size);
  let runs = 0;
  for (let run = 0; run < places.length; run++) {
    const place = places[run] ?? -1;
    const weight = weights[run] ?? 0;
    if (place < 0 || weight === 0) continue;
    counts[place] = (counts[place] ?? 0) + weight;
    runs += weight;
  }
  return { counts, runs };
}

interface GridRuns {
  readonly counts: Float64Array;
  readonly runs: number;
}

/** @param all null: every place is as likely */
function pearsonDivergence({ unordered }: Column, good: GridRuns, all: GridRuns | null): number {
  const top = gridDensity({ counts: good.counts, unordered });
  const base = all && gridDensity({ counts: all.counts, unordered });
  return top.reduce((sum, density, place) => {
    const expected = base === null ? 1 / top.length : (base[place] ?? 0) + LEAST_DENSITY;
    return sum + expected * ((density + LEAST_DENSITY) / expected - 1) ** 2;
  }, 0);
}

const LEAST_DENSITY = 1e-12;

interface RankedRuns {
  readonly runs: readonly Pick<FiniteRun, "params">[];
  /** How often each run counts among the best share, if it counts so often in all. */
  bestOf(share: number, weights: Float64Array): Float64Array;
}

/** Best are those no worse than the last of the share. */
function rankByLoss(runs: readonly FiniteRun[], direction: Direction | undefined): RankedRuns {
  const sign = direction === "maximize" ? -1 : 1;
  const losses = Float64Array.from(runs, ({ value }) => sign * value);
  const order = Int32Array.from(losses.keys()).sort((a, b) => (losses[a] ?? 0) - (losses[b] ?? 0));
  return {
    runs,
    bestOf(share, weights) {
      if (share === 1) return weights;
      let room = Math.ceil(share * runs.length);
      let cut = Number.NEGATIVE_INFINITY;
      for (let place = 0; room > 0 && place < order.length; place++) {
        const run = order[place] ?? 0;
        room -= weights[run] ?? 0;
        cut = losses[run] ?? cut;
      }
      return weights.map((weight, run) => ((losses[run] ?? 0) <= cut ? weight : 0));
    },
  };
}

/** Best are the first fronts, and of the one that does not fit whole those that dominate most. */
function rankByFront(
  { space, history }: Pick<ImportanceTask, "space" | "history">,
  directions: readonly Direction[],
): RankedRuns {
  const measured = completedRuns(space, history)
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ params, value, values }) => {
      const finite = (values ?? [value]).filter((each) => Number.isFinite(each)).map(Number);
      if (finite.length < directions.length) return [];
      return [{ params, losses: toLosses(finite, directions) }];
    });
  return {
    runs: measured,
    bestOf(share, weights) {
      if (share === 1) return weights;
      const best = new Float64Array(measured.length);
      const losses = measured.map((run) => run.losses);
      for (const run of bestByDominance(losses, Math.ceil(share * measured.length)))
        best[run] = weights[run] ?? 0;
      return best;
    },
  };
}
