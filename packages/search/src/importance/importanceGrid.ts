import type { Dimension, ParamValue } from "@sweepyard/contract";
import { exactLog } from "../exactLog.js";
import { levelAt, levelCount, levelOf } from "../levels.js";
import { toUnit } from "../unit.js";

/** A dimension as at most so many places to count runs in. */
const MOST_PLACES = 50;

/** The places of a dimension on which PED-ANOVA counts. */
export interface ImportanceGrid {
  readonly places: number;
  readonly unordered: boolean;
  /** The nearest place; half-way between two the lower one. */
  placeOf(value: ParamValue): number;
}

/**
 * Optuna's grid: 50 places from low to high, in the logarithm where the dimension is log, of
 * integers and steps at most one for each value, of log integers one for each doubling and one
 * more. What has no ends is shared out by how likely its parts are.
 */
export function importanceGrid(dimension: Dimension): ImportanceGrid {
  switch (dimension.type) {
    case "categorical":
    case "constant":
      return {
        places: levelCount(dimension),
        unordered: true,
        placeOf: (value) => levelOf(dimension, value),
      };
    case "ordinal":
      return ordered({
        places: Math.min(MOST_PLACES, levelCount(dimension)),
        ends: [0, levelCount(dimension) - 1],
        positionOf: (value) => levelOf(dimension, value),
      });
    case "normal":
    case "log_normal":
      return ordered({
        places: Math.min(MOST_PLACES, levelCount(dimension)),
        ends: [0, 1],
        positionOf: (value) => toUnit(dimension, value),
      });
    case "int":
    case "float": {
      const count = levelCount(dimension);
      const high = Number.isFinite(count) ? Number(levelAt(dimension, count - 1)) : dimension.high;
      const scale = dimension.log ? Math.log : (value: number) => value;
      const doublings = dimension.type === "int" && dimension.log;
      return ordered({
        places: Math.min(
          MOST_PLACES,
          doublings ? doublingsOf(high - dimension.low + 1) + 1 : count,
        ),
        ends: [scale(dimension.low), scale(high)],
        positionOf: (value) => scale(Number(value)),
      });
    }
  }
}

const doublingsOf = (values: number) => Math.ceil(exactLog(values) / exactLog(2));

function ordered({
  places,
  ends: [low, high],
  positionOf,
}: {
  places: number;
  ends: [number, number];
  positionOf(value: ParamValue): number;
}): ImportanceGrid {
  const width = (high - low) / (places - 1);
  return {
    places,
    unordered: false,
    placeOf(value) {
      const place = Math.ceil((positionOf(value) - low) / width - 0.5);
      return Math.min(places - 1, Math.max(0, place));
    },
  };
}
