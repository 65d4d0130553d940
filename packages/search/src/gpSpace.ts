import type { Dimension, Params, ParamValue, Space } from "@sweepyard/contract";
import { levelAt, levelCount } from "./levels.js";
import { mapSpace } from "./mapSpace.js";
import { fromUnit, toUnit } from "./unit.js";

/** Numbers with more levels than this are searched as if they were continuous, then rounded. */
const MOST_LISTED_LEVELS = 16;

/** One coordinate of a Gaussian process' inputs. */
export interface GpAxis {
  readonly name: string;
  readonly dimension: Dimension;
  readonly categorical: boolean;
  /** All coordinates, if they are few or have no order; otherwise null. */
  readonly levels: Float64Array | null;
}

/**
 * A space as points that a Gaussian process can compare. A number is its place in [0, 1], on a
 * log scale where the dimension has one; a choice is its index. Dimensions of a single value have
 * no coordinate.
 */
export interface GpSpace {
  readonly axes: readonly GpAxis[];
  /** 1 for a choice. [axes] */
  readonly categorical: Uint8Array;
  /** The point of `params`, or null if it lacks an active dimension's value or has one from elsewhere. */
  encode(params: Params): Float64Array | null;
  /** The params at a point, rounded where the dimension has steps. */
  decode(point: Float64Array): Params;
  /**
   * The point as the process compares it: what is inactive gets the same coordinate everywhere,
   * so that it makes no difference between points that lack it.
   * @param active receives 1 for each axis that is active. [axes]
   */
  project(point: Float64Array, active?: Uint8Array): Float64Array;
}

/** The middle of the range stands for a number that is not there, as in SMAC. */
const ABSENT_NUMBER = 0.5;
/** No choice has this index. */
const ABSENT_CHOICE = -1;

export function createGpSpace(space: Space): GpSpace {
  const axes = Object.entries(space).flatMap(([name, dimension]): GpAxis[] => {
    const count = levelCount(dimension);
    if (count === 1) return [];
    const categorical = dimension.type === "categorical";
    const levels =
      categorical || count <= MOST_LISTED_LEVELS
        ? Float64Array.from({ length: count }, (_, level) =>
            coordinateOf(dimension, levelAt(dimension, level)),
          )
        : null;
    return [{ name, dimension, categorical, levels }];
  });
  const positions = new Map(axes.map(({ name }, position) => [name, position]));
  const conditional = Object.values(space).some(({ when }) => when !== undefined);
  const decode = (point: Float64Array) =>
    mapSpace(space, (dimension, name) => {
      const position = positions.get(name);
      return position === undefined
        ? fromUnit(dimension, 0)
        : valueAt(dimension, point[position] ?? 0);
    });
  return {
    axes,
    categorical: Uint8Array.from(axes, ({ categorical }) => Number(categorical)),
    encode(params) {
      const inside = mapSpace(space, (_dimension, name) => params[name] ?? null);
      const point = new Float64Array(axes.length);
      for (const [position, { name, dimension, categorical }] of axes.entries()) {
        const value = Object.hasOwn(inside, name) ? inside[name] : undefined;
        const absent = categorical ? ABSENT_CHOICE : ABSENT_NUMBER;
        point[position] = value === undefined ? absent : coordinateOf(dimension, value);
      }
      const isKnown = axes.every(
        ({ name }) => !Object.hasOwn(inside, name) || Object.hasOwn(params, name),
      );
      return isKnown && !point.some(Number.isNaN) ? point : null;
    },
    decode,
    project(point, active) {
      active?.fill(1);
      if (!conditional) return point;
      const params = decode(point);
      return point.map((coordinate, position) => {
        const { name = "", categorical } = axes[position] ?? {};
        if (Object.hasOwn(params, name)) return coordinate;
        if (active) active[position] = 0;
        return categorical ? ABSENT_CHOICE : ABSENT_NUMBER;
      });
    },
  };
}

function coordinateOf(dimension: Dimension, value: ParamValue): number {
  if (dimension.type !== "categorical") return toUnit(dimension, value);
  const index = dimension.choices.indexOf(value);
  return index < 0 ? Number.NaN : index;
}

function valueAt(dimension: Dimension, coordinate: number): ParamValue {
  if (dimension.type === "categorical") return dimension.choices[coordinate] ?? null;
  // `fromUnit` never returns a continuous range's upper end, which the best point may well be.
  const endless = !Number.isFinite(levelCount(dimension));
  return endless && coordinate >= 1 ? dimension.high : fromUnit(dimension, coordinate);
}
