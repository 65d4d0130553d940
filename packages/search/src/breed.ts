import type {
  Dimension,
  NsgaiiSamplerConfig,
  Params,
  ParamValue,
  Space,
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
import { fromUnit, toUnit } from "./unit.js";

export type BreedOptions = Omit<NsgaiiSamplerConfig, "name">;

export interface Child {
  readonly params: Params;
  /** One or two. */
  readonly parents: readonly ScoredRun[];
}

/**
 * A child of two of the parents, each the winner of a tournament of two, or a copy of one; then
 * each param is drawn anew with the mutation's probability. A conditional dimension that one
 * parent lacks comes from the other, and is drawn if both do. There must be a parent.
 */
export function breed(
  space: Space,
  parents: readonly ScoredRun[],
  options: BreedOptions,
  nextUnit: () => number,
): Child {
  const crossed = parents.length > 1 && nextUnit() < options.crossover_prob;
  const first = crossed ? winner(parents, nextUnit) : pick(parents, nextUnit);
  const others = parents.filter((run) => run !== first);
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
    const either = a === undefined ? b : a; // null is a choice like others
    const value = a === undefined || b === undefined ? either : cross(dimension, [a, b], nextUnit);
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
function winner(runs: readonly ScoredRun[], nextUnit: () => number): ScoredRun {
  const [a, b] = [pick(runs, nextUnit), pick(runs, nextUnit)];
  return beats(a, b) ? a : b;
}

function pick(runs: readonly ScoredRun[], nextUnit: () => number): ScoredRun {
  const run = runs[Math.floor(nextUnit() * runs.length)];
  if (run === undefined) throw new RangeError("there is no parent to breed from");
  return run;
}

const hasValue = (dimension: Dimension, value: ParamValue): boolean =>
  levelCount(dimension) === 1
    ? levelOf(dimension, value) === 0
    : !Number.isNaN(toUnit(dimension, value));
