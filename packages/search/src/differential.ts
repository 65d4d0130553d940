import type { Params, Space } from "@sweepyard/contract";
import { levelCount } from "./levels.js";
import { activeDimensions, mapSpace } from "./mapSpace.js";
import { fromUnit, toUnit } from "./unit.js";

export interface DifferentialOptions {
  readonly mutation_factor: number;
  readonly crossover_prob: number;
}

export interface DifferentialParents {
  /** The run to be replaced, if the child is no worse. */
  readonly target: Params;
  /** a, b and c of the mutant a + F (b - c). */
  readonly donors: readonly [Params, Params, Params];
}

/**
 * DE/rand/1/bin in the unit cube: a mutant of three donors, crossed with the target param by
 * param; at least one param is the mutant's. Where the mutant leaves the cube, where a donor lacks
 * a conditional dimension or has a value from elsewhere, a place is drawn anew. Choices take part
 * by their place in the list.
 * @see Storn & Price, "Differential evolution – a simple and efficient heuristic for global
 *   optimization over continuous spaces", J. Global Optim. 11 (1997); Awad, Mallik & Hutter,
 *   "DEHB", IJCAI 2021, for the bounds and the choices
 */
export function differentialChild(
  space: Space,
  { target, donors: [a, b, c] }: DifferentialParents,
  options: DifferentialOptions,
  nextUnit: () => number,
): Params {
  const varying = activeDimensions(space, target).filter((name) => {
    const dimension = space[name];
    return dimension !== undefined && levelCount(dimension) > 1;
  });
  const forced = varying[Math.floor(nextUnit() * varying.length)];
  return mapSpace(space, (narrowed, name) => {
    const dimension = space[name] ?? narrowed;
    const place = (params: Params) => {
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return value === undefined ? Number.NaN : toUnit(dimension, value);
    };
    const kept = place(target);
    const crossed = nextUnit() < options.crossover_prob || name === forced || Number.isNaN(kept);
    if (!crossed) return target[name] ?? fromUnit(dimension, kept);
    const mutant = place(a) + options.mutation_factor * (place(b) - place(c));
    return mutant >= 0 && mutant <= 1
      ? fromUnit(dimension, mutant)
      : fromUnit(narrowed, nextUnit());
  });
}

/** Three different ones, or null if there are fewer. */
export function drawThree<Item>(
  items: readonly Item[],
  nextUnit: () => number,
): [Item, Item, Item] | null {
  const left = [...items];
  const draw = () => left.splice(Math.floor(nextUnit() * left.length), 1)[0];
  const [a, b, c] = [draw(), draw(), draw()];
  return a === undefined || b === undefined || c === undefined ? null : [a, b, c];
}
