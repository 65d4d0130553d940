import type { Dimension } from "@sweepyard/contract";
import { choiceText, type ParamValues } from "../board/runSet.js";
import { formatNumber } from "../format/formatNumber.js";
import { type Axis, linearAxis, logAxis } from "./axis.js";

/**
 * The axis of a param as the space has it: log where the space is log, choices evenly apart in
 * their own order, whole numbers on whole numbers. It reaches to values outside the present space
 * that runs of earlier versions have.
 */
export interface DimensionAxis extends Axis {
  readonly name: string;
  /** Whether places along it are choices; then `place` takes a choice's index. */
  readonly isChoice: boolean;
  /** Where each run lies, in drawn coordinates; NaN for a run that has no value. */
  readonly at: Float64Array;
  /** The value at a drawn coordinate; the index of a choice. */
  readonly valueAt: (at: number) => number;
}

const MOST_CHOICE_LABELS = 24;
const MOST_WHOLE_TICKS = 12;

export function dimensionAxis(
  name: string,
  dimension: Dimension | undefined,
  column: ParamValues,
): DimensionAxis {
  if (column.kind === "choices") return choiceAxis(name, column);
  const [low, high] = endsOf(dimension, column.values);
  const isLog =
    low > 0 &&
    (dimension?.type === "log_normal" ||
      ((dimension?.type === "float" || dimension?.type === "int") && dimension.log));
  const isWhole = dimension?.type === "int";
  const axis = isLog
    ? logAxis(name, low, high)
    : isWhole && high - low < MOST_WHOLE_TICKS
      ? wholeAxis(name, low, high)
      : linearAxis(name, low, high);
  return {
    ...axis,
    name,
    isChoice: false,
    at: column.values.map((value) =>
      Number.isNaN(value) ? value : (axis.place(value) ?? Number.NaN),
    ),
    valueAt: (at) => {
      const value = isLog ? 10 ** at : at;
      return isWhole ? Math.round(value) : value;
    },
  };
}

/** Half a place free at both ends, so that the first and last choices have room around them. */
function choiceAxis(name: string, column: ParamValues & { kind: "choices" }): DimensionAxis {
  const { choices, at } = column;
  const every = Math.ceil(choices.length / MOST_CHOICE_LABELS);
  return {
    title: name,
    name,
    isChoice: true,
    min: -0.5,
    max: Math.max(0.5, choices.length - 0.5),
    ticks: choices.flatMap((choice, index) =>
      index % every === 0 ? [{ at: index, label: choiceText(choice) }] : [],
    ),
    place: (index) => index,
    at: Float64Array.from(at, (index) => (index < 0 ? Number.NaN : index)),
    valueAt: (place) => Math.min(choices.length - 1, Math.max(0, Math.round(place))),
  };
}

function wholeAxis(title: string, low: number, high: number): Axis {
  const margin = Math.max(0.25, (high - low) * 0.04);
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => ({
    at: low + index,
    label: formatNumber(low + index),
  }));
  return { title, min: low - margin, max: high + margin, ticks, place: (value) => value };
}

function endsOf(dimension: Dimension | undefined, values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  if (dimension !== undefined && "low" in dimension && dimension.low !== undefined)
    low = dimension.low;
  if (dimension !== undefined && "high" in dimension && dimension.high !== undefined)
    high = dimension.high;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  return [Math.min(low, high), high];
}
