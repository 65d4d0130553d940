import {
  type Dimension,
  type NsgaiiSamplerConfig,
  type Params,
  type ParamValue,
  paramKey,
  type Space,
} from "@sweepyard/contract";
import {
  blendCrossover,
  type Crossover,
  simulatedBinaryCrossover,
  uniformCrossover,
} from "./crossover.js";
import { levelCount, levelOf } from "./levels.js";
import { activeDimensions, mapSpace } from "./mapSpace.js";
import { beats, type ScoredRun } from "./objectives.js";
import type { Observation } from "./observation.js";
import { fromUnit, toUnit } from "./unit.js";

export type BreedOptions = Omit<NsgaiiSamplerConfig, "name">;

export interface Child {
  readonly params: Params;
  /** One or two. */
  readonly parents: readonly ScoredRun[];
}

/** A child that was tried already teaches nothing; in a small space there may be no other. */
const ATTEMPTS = 10;

/**
 * A child of two of the parents, each the winner of a tournament of two, or a copy of one; then
 * each param is drawn anew with the mutation's probability. A conditional dimension that one
 * parent lacks comes from the other, and is drawn if both do. Null without parents.
 */
export function breed(
  space: Space,
  parents: readonly ScoredRun[],
  history: readonly Observation[],
  { options, nextUnit }: { options: BreedOptions; nextUnit: () => number },
): Child | null {
  const known = new Set(history.map(({ params }) => paramKey(params)));
  let child = breedOnce(space, parents, options, nextUnit);
  for (let attempt = 1; attempt < ATTEMPTS && child !== null; attempt++) {
    if (!known.has(paramKey(child.params))) break;
    child = breedOnce(space, parents, options, nextUnit);
  }
  return child;
}

function breedOnce(
  space: Space,
  population: readonly ScoredRun[],
  options: BreedOptions,
  nextUnit: () => number,
): Child | null {
  const crossed = population.length > 1 && nextUnit() < options.crossover_prob;
  const first = crossed ? winner(population, nextUnit) : pick(population, nextUnit);
  if (first === undefined) return null;
  const others = population.filter((run) => run !== first);
  const second = crossed ? winner(others, nextUnit) : undefined;
  const cross = toCrossover(options, first.losses.length);
  const active = activeDimensions(space, first.run.params).length;
  const mutationProb = options.mutation_prob ?? 1 / Math.max(1, active);

  const params = mapSpace(space, (narrowed, name) => {
    const dimension = space[name] ?? narrowed; // a parent's value may lie outside the part that is left
    const inheritedFrom = (run: ScoredRun | undefined): ParamValue | undefined => {
      const params = run?.run.params ?? {};
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return value === undefined || !hasValue(dimension, value) ? undefined : value;
    };
    const [a, b] = [inheritedFrom(first), inheritedFrom(second)];
    const inherited = a !== undefined && b !== undefined ? cross(dimension, [a, b], nextUnit) : a;
    const value = inherited ?? b;
    return value === undefined || nextUnit() < mutationProb
      ? fromUnit(narrowed, nextUnit())
      : value;
  });
  return { params, parents: second === undefined ? [first] : [first, second] };
}

function toCrossover(options: BreedOptions, objectives: number): Crossover {
  switch (options.crossover) {
    case "uniform":
      return uniformCrossover(options.swapping_prob);
    case "blxalpha":
      return blendCrossover(options.swapping_prob);
    case "sbx":
      return simulatedBinaryCrossover(options.swapping_prob, objectives > 1 ? 20 : 2);
  }
}

/** Of two drawn ones the second, unless the first is better. */
function winner(runs: readonly ScoredRun[], nextUnit: () => number): ScoredRun | undefined {
  const [a, b] = [pick(runs, nextUnit), pick(runs, nextUnit)];
  return a !== undefined && b !== undefined && beats(a, b) ? a : b;
}

const pick = (runs: readonly ScoredRun[], nextUnit: () => number): ScoredRun | undefined =>
  runs[Math.floor(nextUnit() * runs.length)];

const hasValue = (dimension: Dimension, value: ParamValue): boolean =>
  levelCount(dimension) === 1
    ? levelOf(dimension, value) === 0
    : !Number.isNaN(toUnit(dimension, value));
