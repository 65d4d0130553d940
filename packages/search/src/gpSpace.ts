import {
  type Dimension,
  isSameParam,
  type Params,
  type ParamValue,
  type Space,
} from "@sweepyard/contract";
import { levelAt, levelCount, levelOf } from "./levels.js";
import { activeDimensions, mapSpace } from "./mapSpace.js";
import { constraintsOf } from "./narrow.js";
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
   * so that it makes no difference between points that lack it, and what constraints between
   * params forbid is where `decode` moves it.
   * @param free receives 1 for each axis whose coordinate counts as it is. [axes]
   */
  project(point: Float64Array, free?: Uint8Array): Float64Array;
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
  const plain =
    constraintsOf(space).length === 0 && Object.values(space).every(({ when }) => !when);
  const decode = (point: Float64Array) =>
    mapSpace(space, (narrowed, name) => {
      const position = positions.get(name);
      const dimension = space[name] ?? narrowed; // coordinates are of the whole dimension
      return position === undefined
        ? fromUnit(dimension, 0)
        : valueAt(dimension, point[position] ?? 0);
    });
  return {
    axes,
    categorical: Uint8Array.from(axes, ({ categorical }) => Number(categorical)),
    encode(params) {
      const active = new Set(activeDimensions(space, params));
      const point = Float64Array.from(axes, ({ name, dimension, categorical }) => {
        if (!active.has(name)) return absent(categorical);
        return coordinateOf(dimension, Object.hasOwn(params, name) ? params[name] : undefined);
      });
      return point.some(Number.isNaN) ? null : point;
    },
    decode,
    project(point, free) {
      free?.fill(1);
      if (plain) return point;
      const params = decode(point);
      return Float64Array.from(axes, ({ name, dimension, categorical }, position) => {
        const coordinate = point[position] ?? 0;
        const isActive = Object.hasOwn(params, name);
        const value = isActive ? params[name] : undefined;
        if (isActive && isSameParam(value, valueAt(dimension, coordinate))) return coordinate;
        if (free) free[position] = 0;
        return isActive ? coordinateOf(dimension, value) : absent(categorical);
      });
    },
  };
}

const absent = (categorical: boolean) => (categorical ? ABSENT_CHOICE : ABSENT_NUMBER);

/** NaN if the dimension does not have the value. */
function coordinateOf(dimension: Dimension, value: ParamValue | undefined): number {
  if (value === undefined) return Number.NaN;
  if (dimension.type !== "categorical") return toUnit(dimension, value);
  const index = levelOf(dimension, value);
  return index < 0 ? Number.NaN : index;
}

function valueAt(dimension: Dimension, coordinate: number): ParamValue {
  if (dimension.type === "categorical") return levelAt(dimension, coordinate);
  // `fromUnit` never returns a continuous range's upper end, which the best point may well be.
  if (dimension.type === "float" && coordinate >= 1 && !Number.isFinite(levelCount(dimension)))
    return dimension.high;
  return fromUnit(dimension, coordinate);
}
