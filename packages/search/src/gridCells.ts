import {
  AppError,
  conditionHolds,
  type Dimension,
  type FieldError,
  type Params,
  type Space,
} from "@sweepyard/contract";
import { levelAt, levelCount, levelOf } from "./levels.js";
import { constraintsOf, infeasible, keepsConstraints } from "./narrow.js";

/** Most values of one dimension on a grid; more is a mistake, such as a seed as a dimension. */
const LEVELS_MAX = 100_000;

/**
 * The cells of a grid, numbered from 0: every combination of values, the first dimension the
 * slowest. A dimension whose condition does not hold is absent, so that no two cells are equal.
 * Nothing is listed in memory: cells are counted and addressed by arithmetic.
 */
export interface GridCells {
  readonly size: number;
  /** Params of cell `index`, 0 <= index < size. */
  at(index: number): Params;
  /** The cell with just these params, or -1 if they are not on the grid. */
  indexOf(params: Params): number;
}

/** Most cells that are gone through to find those that keep to constraints between params. */
const CONSTRAINED_CELLS_MAX = 1_000_000;

/**
 * @throws {AppError} `invalid_request` naming each dimension that has no countable values, or if
 *   no cell keeps to the constraints.
 */
export function createGridCells(space: Space): GridCells {
  const all = createAllCells(space);
  if (constraintsOf(space).length === 0) return all;
  let cells = keeping.get(space);
  if (cells === undefined) {
    cells = keepingCells(space, all);
    keeping.set(space, cells);
  }
  return cells;
}

const keeping = new WeakMap<Space, GridCells>();

/** The cells that keep to the constraints, which can only be found by trying each. */
function keepingCells(space: Space, all: GridCells): GridCells {
  if (all.size > CONSTRAINED_CELLS_MAX)
    throw tooLarge(
      `has ${all.size} grid cells, and with constraints up to ${CONSTRAINED_CELLS_MAX} are gone through`,
    );
  const kept: number[] = [];
  for (let index = 0; index < all.size; index++)
    if (keepsConstraints(space, all.at(index))) kept.push(index);
  if (kept.length === 0) throw infeasible(space);
  const places = new Map(kept.map((index, place) => [index, place]));
  return {
    size: kept.length,
    at: (place) => all.at(kept[place] ?? 0),
    indexOf: (params) => places.get(all.indexOf(params)) ?? -1,
  };
}

const tooLarge = (message: string) =>
  new AppError("invalid_request", "the grid has too many cells to count: coarsen it", {
    errors: [{ path: "space", rule: "grid_too_large", message }],
  });

function createAllCells(space: Space): GridCells {
  const axes = toAxes(space);
  const countFrom = createCounter(axes);
  const size = countFrom(0, new Set());
  if (!Number.isSafeInteger(size)) throw tooLarge("has over 2^53 grid cells");
  return { size, at: (index) => paramsAt(index), indexOf: (params) => cellOf(params) };

  function paramsAt(index: number): Params {
    const params: Params = {};
    const met = new Set<number>();
    let rest = index;
    for (const [position, axis] of axes.entries()) {
      if (axis.conditional && !met.has(position)) continue;
      for (const { first, count, meets } of axis.blocks) {
        for (const later of meets) met.add(later);
        const cellsPerLevel = countFrom(position + 1, met);
        const cells = count * cellsPerLevel;
        if (rest < cells) {
          const level = first + Math.floor(rest / cellsPerLevel);
          params[axis.name] = levelAt(axis.dimension, level);
          rest %= cellsPerLevel;
          break;
        }
        rest -= cells;
        for (const later of meets) met.delete(later);
      }
    }
    return params;
  }

  function cellOf(params: Params): number {
    const met = new Set<number>();
    let index = 0;
    let used = 0;
    for (const [position, axis] of axes.entries()) {
      if (axis.conditional && !met.has(position)) continue;
      if (!Object.hasOwn(params, axis.name)) return -1;
      const level = levelOf(axis.dimension, params[axis.name]);
      if (level < 0) return -1;
      used++;
      for (const { first, count, meets } of axis.blocks) {
        for (const later of meets) met.add(later);
        const cellsPerLevel = countFrom(position + 1, met);
        if (level < first + count) {
          index += (level - first) * cellsPerLevel;
          break;
        }
        index += count * cellsPerLevel;
        for (const later of meets) met.delete(later);
      }
    }
    return used === Object.keys(params).length ? index : -1;
  }
}

/** Neighbouring values of an axis that later conditions can't tell apart. */
interface Block {
  readonly first: number;
  readonly count: number;
  /** Positions of the later axes whose condition these values meet. */
  readonly meets: readonly number[];
}

interface Axis {
  readonly name: string;
  readonly dimension: Dimension;
  readonly conditional: boolean;
  readonly blocks: readonly Block[];
}

function toAxes(space: Space): Axis[] {
  const entries = Object.entries(space);
  const errors = entries.flatMap(([name, dimension]) => gridError(name, dimension) ?? []);
  if (errors.length > 0)
    throw new AppError("invalid_request", `no grid can be laid over ${errors[0]?.path}`, {
      errors,
    });
  return entries.map(([name, dimension]) => ({
    name,
    dimension,
    conditional: dimension.when !== undefined,
    blocks: toBlocks(name, dimension, entries),
  }));
}

function gridError(name: string, dimension: Dimension): FieldError | null {
  const count = levelCount(dimension);
  if (count <= LEVELS_MAX) return null;
  const path = `space.${name}`;
  if (Number.isFinite(count))
    return {
      path,
      rule: "grid_too_large",
      message: `has ${count} values, and a grid takes up to ${LEVELS_MAX} of one dimension: raise its step`,
    };
  return {
    path,
    rule: "grid_needs_step",
    message:
      "is continuous, and a grid needs countable values: give it a step, or make it categorical and list its choices, or take another sampler",
  };
}

function toBlocks(name: string, dimension: Dimension, entries: [string, Dimension][]): Block[] {
  const count = levelCount(dimension);
  const dependents = entries.flatMap(([, { when }], position) =>
    when?.param === name ? [{ position, when }] : [],
  );
  if (dependents.length === 0) return [{ first: 0, count, meets: [] }];
  const blocks: { first: number; count: number; meets: number[] }[] = [];
  for (let level = 0; level < count; level++) {
    const params = { [name]: levelAt(dimension, level) };
    const meets = dependents
      .filter(({ when }) => conditionHolds(when, params))
      .map(({ position }) => position);
    const last = blocks.at(-1);
    if (last !== undefined && String(last.meets) === String(meets)) last.count++;
    else blocks.push({ first: level, count: 1, meets });
  }
  return blocks;
}

/** Counts the cells of the axes from `position` on, given which conditions are met so far. */
function createCounter(axes: readonly Axis[]) {
  const known = new Map<string, number>();
  return function countFrom(position: number, met: Set<number>): number {
    const axis = axes[position];
    if (axis === undefined) return 1;
    if (axis.conditional && !met.has(position)) return countFrom(position + 1, met);
    const pending = [...met].filter((later) => later >= position).sort((a, b) => a - b);
    const key = `${position}:${pending}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    let cells = 0;
    for (const { count, meets } of axis.blocks) {
      for (const later of meets) met.add(later);
      cells += count * countFrom(position + 1, met);
      for (const later of meets) met.delete(later);
    }
    known.set(key, cells);
    return cells;
  };
}
