import type { GpSpace } from "./gpSpace.js";
import type { Observation } from "./observation.js";

/** A run that a Gaussian process learns from, with its place in the space. */
export interface GpRun {
  readonly run: Observation;
  readonly point: Float64Array;
  /** One for each objective, smaller is better; null where the run has none that is finite. */
  readonly losses: readonly (number | null)[];
}

/** Numbers with mean 0 and deviation 1, and the way back. */
export interface Standardised {
  readonly values: Float64Array;
  /** A value on the standardised scale for one on the original scale. */
  toStandard(value: number): number;
  toOriginal(value: number): number;
}

/** A fit takes O(runs³). */
const MOST_RUNS = 300;

/**
 * Indices of the runs to learn from, ascending: all, or of a long history the 150 best ones and
 * 150 spread evenly over the rest.
 */
export function limitRuns(losses: Float64Array): number[] {
  const order = Array.from(losses, (_, index) => index);
  if (order.length <= MOST_RUNS) return order;
  order.sort((a, b) => (losses[a] ?? 0) - (losses[b] ?? 0) || a - b);
  const half = MOST_RUNS / 2;
  const rest = order.slice(half).sort((a, b) => a - b);
  const stride = rest.length / half;
  const spread = Array.from({ length: half }, (_, index) => rest[Math.floor(index * stride)] ?? 0);
  return [...order.slice(0, half), ...spread].sort((a, b) => a - b);
}

/**
 * What is missing or infinite counts as the largest of the others; all are then shifted and
 * scaled to mean 0 and the population's deviation 1 (0 if all are equal).
 */
export function standardise(numbers: readonly (number | null)[]): Standardised {
  const finite = numbers.filter((value): value is number => Number.isFinite(value));
  const worst = finite.reduce((most, value) => Math.max(most, value), finite[0] ?? 0);
  // In units of the largest, so that no square overflows.
  const unit = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = Float64Array.from(numbers, (value) =>
    value !== null && Number.isFinite(value) ? value / unit : worst / unit,
  );
  const mean = scaled.reduce((sum, value) => sum + value, 0) / Math.max(1, scaled.length);
  const variance =
    scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, scaled.length);
  const deviation = Math.max(1e-10, Math.sqrt(variance));
  return {
    values: scaled.map((value) => (value - mean) / deviation),
    toStandard: (value) => (value / unit - mean) / deviation,
    toOriginal: (value) => (value * deviation + mean) * unit,
  };
}

/**
 * One loss out of several, by a random weighting that reaches every part of the Pareto front: the
 * largest weighted loss, and a little of their sum. With one objective it is the loss itself.
 * @see Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
 *   multiobjective optimization problems", IEEE Trans. Evol. Comput. 10 (2006)
 */
export function scalarise(
  runs: readonly GpRun[],
  objectives: number,
  nextUnit: () => number,
): (number | null)[] {
  if (objectives === 1) return runs.map(({ losses }) => losses[0] ?? null);
  const shares = Array.from({ length: objectives }, () => -Math.log(1 - nextUnit()));
  const total = shares.reduce((sum, share) => sum + share, 0) || 1;
  const columns = Array.from({ length: objectives }, (_, objective) =>
    toUnitRange(runs.map(({ losses }) => losses[objective] ?? null)),
  );
  return runs.map((_, row) => {
    const weighted = columns.map(
      (column, objective) => ((shares[objective] ?? 0) / total) * (column[row] ?? Number.NaN),
    );
    return Math.max(...weighted) + 0.05 * weighted.reduce((sum, value) => sum + value, 0);
  });
}

/** From 0 for the smallest to 1 for the largest finite one; NaN for the others. */
function toUnitRange(numbers: readonly (number | null)[]): number[] {
  const finite = numbers.filter((value): value is number => Number.isFinite(value));
  const low = finite.reduce((least, value) => Math.min(least, value), finite[0] ?? 0);
  const high = finite.reduce((most, value) => Math.max(most, value), finite[0] ?? 0);
  const range = high - low;
  return numbers.map((value) => {
    if (value === null || !Number.isFinite(value)) return Number.NaN;
    return range > 0 && Number.isFinite(range) ? (value - low) / range : Number(value > low);
  });
}

/**
 * The runs that a process can learn from, by ascending number: completed and diverged ones that
 * lie in the space. A diverged one, or one without a finite value, is known to be poor.
 */
export function gpRuns(
  history: readonly Observation[],
  space: GpSpace,
  signs: readonly number[],
): GpRun[] {
  return history
    .flatMap((run): GpRun[] => {
      if (run.excluded || (run.state !== "completed" && run.state !== "diverged")) return [];
      const point = space.encode(run.params);
      if (point === null) return [];
      const values = run.values ?? [run.value];
      const losses = signs.map((sign, objective) => {
        const value = values[objective];
        const usable = run.state === "completed" && Number.isFinite(value);
        return usable ? sign * Number(value) : null;
      });
      return [{ run, point, losses }];
    })
    .sort((a, b) => a.run.number - b.run.number);
}

/** Points of the runs that are still going, or are about to, by ascending number. */
export function pendingPoints(history: readonly Observation[], space: GpSpace): Float64Array[] {
  const waiting = history.filter(
    ({ state, excluded }) =>
      !excluded && (state === "queued" || state === "running" || state === "paused"),
  );
  return waiting
    .sort((a, b) => a.number - b.number)
    .flatMap(({ params }) => space.encode(params) ?? []);
}
