import type {
  Dimension,
  Direction,
  Params,
  ParamValue,
  PbtSamplerConfig,
  Space,
} from "@sweepyard/contract";
import { isNumeric, levelAt, levelCount, levelOf, nearestValue } from "./levels.js";
import { mapSpace } from "./mapSpace.js";
import type { CurvePoint, Observation } from "./observation.js";
import { createUniform, hash3 } from "./uniform.js";
import { fromUnit } from "./unit.js";
import { isValueOf } from "./violations.js";

export type PbtOptions = Omit<PbtSamplerConfig, "name">;

type Details = Readonly<Record<string, string | number | boolean | null>>;

/** What a member of the population does after one of its steps. */
export type Evolution =
  | { readonly kind: "continue"; readonly reason: Details }
  | {
      readonly kind: "exploit";
      /** The run whose newest checkpoint to go on from. */
      readonly copyFrom: number;
      /** That run's params, changed. */
      readonly params: Params;
      readonly reason: Details;
    };

interface EvolveTask {
  readonly history: readonly Observation[];
  /** The run that has just reported. */
  readonly number: number;
  readonly direction: Direction;
  readonly options: PbtOptions;
  /** The sweep's own seed. */
  readonly seed: number;
}

/**
 * Whether a run goes on as it is, or from a copy of a better one with changed params: truncation
 * selection among the population's newest values, every `perturbation_interval` steps of the run.
 * Runs that have not reported, failed or were excluded take no part; a value that is not finite
 * is the worst there is, and such a run is never copied.
 * A function of its arguments alone: the draws depend on the seed, the run and its step.
 * @see Jaderberg et al., "Population based training of neural networks" (2017), appendix A
 */
export function evolve(
  space: Space,
  { history, number, direction, options, seed }: EvolveTask,
): Evolution {
  const members = toMembers(history, direction);
  const own = members.find(({ run }) => run.number === number);
  const stay = (why: string, details: Details = {}): Evolution => ({
    kind: "continue",
    reason: { ...details, sampler: "pbt", why },
  });
  if (own === undefined) return stay("it has reported nothing, or takes no part");
  const { step } = own;
  if ((step + 1) % options.perturbation_interval !== 0)
    return stay(`it is compared every ${options.perturbation_interval} steps`, { step });
  // Never more than half, so that the best and the worst do not overlap.
  const share = Math.ceil(options.quantile_fraction * members.length);
  const count = Math.min(share, Math.floor(members.length / 2));
  const rank = members.indexOf(own) + 1;
  const standing = { step, rank, of: members.length };
  if (rank <= members.length - count) return stay("it is not among the worst", standing);
  const best = members.slice(0, count).filter(({ loss }) => Number.isFinite(loss));
  const nextUnit = createUniform(hash3(seed, number, step));
  const source = best[Math.floor(nextUnit() * best.length)];
  if (source === undefined || source.loss >= own.loss)
    return stay("there is no better run to copy", standing);
  return {
    kind: "exploit",
    copyFrom: source.run.number,
    params: explore(space, source.run.params, { options, nextUnit }),
    reason: {
      ...standing,
      sampler: "pbt",
      copied_from: source.run.number,
      source_rank: members.indexOf(source) + 1,
      why: `it is among the ${count} worst of ${members.length}`,
    },
  };
}

interface Member {
  readonly run: Observation;
  readonly step: number;
  readonly loss: number;
}

/** By loss, the best first; of equals the lower number. */
function toMembers(history: readonly Observation[], direction: Direction): Member[] {
  const sign = direction === "minimize" ? 1 : -1;
  return history
    .flatMap((run): Member[] => {
      const last = newest(run.points ?? []);
      if (run.excluded || !takesPart(run) || last === null) return [];
      const usable = last.value !== null && Number.isFinite(last.value);
      const loss = usable ? sign * Number(last.value) : Number.POSITIVE_INFINITY;
      return [{ run, step: last.step, loss }];
    })
    .sort((a, b) => (a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : a.run.number - b.run.number));
}

function takesPart({ state }: Observation): boolean {
  switch (state) {
    case "running":
    case "queued":
    case "paused":
    case "completed":
      return true;
    case "pruned":
    case "diverged":
    case "failed":
    case "cancelled":
      return false;
  }
}

/** Of two points at one step the first counts. */
const newest = (points: readonly CurvePoint[]): CurvePoint | null =>
  points.reduce<CurvePoint | null>(
    (last, point) => (last === null || point.step > last.step ? point : last),
    null,
  );

interface ExploreTask {
  readonly options: PbtOptions;
  readonly nextUnit: () => number;
}

/**
 * The copied run's params: each one that may change is perturbed, or now and then drawn anew. So is
 * one that the space no longer allows, since it was edited.
 */
function explore(space: Space, source: Params, { options, nextUnit }: ExploreTask): Params {
  return mapSpace(space, (narrowed, name) => {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    const dimension = space[name] ?? narrowed;
    if (value === undefined || !isValueOf(dimension, value)) return fromUnit(narrowed, nextUnit());
    if (options.hyperparam_mutations?.includes(name) === false) return value;
    return nextUnit() < options.resample_probability
      ? fromUnit(narrowed, nextUnit())
      : perturb(dimension, value, options.perturbation_factors, nextUnit);
  });
}

/**
 * A number times one of the factors, to the nearest value of the dimension; a choice becomes
 * another one, of ordered choices a neighbour.
 */
function perturb(
  dimension: Dimension,
  value: ParamValue,
  factors: readonly number[],
  nextUnit: () => number,
): ParamValue {
  const draw = nextUnit();
  if (isNumeric(dimension)) {
    const factor = factors[Math.floor(draw * factors.length)] ?? 1;
    return nearestValue(dimension, Number(value) * factor);
  }
  const [level, count] = [levelOf(dimension, value), levelCount(dimension)];
  if (level < 0 || count === 1) return fromUnit(dimension, draw);
  if (dimension.type !== "ordinal")
    return levelAt(dimension, (level + 1 + Math.floor(draw * (count - 1))) % count);
  const neighbours = [level - 1, level + 1].filter((other) => other >= 0 && other < count);
  return levelAt(dimension, neighbours[Math.floor(draw * neighbours.length)] ?? level);
}
