import { type ParamValue, type PartialDependenceView, paramKey } from "@sweepyard/contract";
import type { ParamValues } from "../board/runSet.js";
import type { Point } from "./curveSegments.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import type { ObjectiveAxis } from "./objectiveAxis.js";

export interface Dependence {
  /** The expected objective: one line along numbers, a dash for each choice. */
  readonly lines: readonly (readonly Point[])[];
  /** The model's doubt, one standard deviation to either side, as outlines. */
  readonly bands: readonly (readonly Point[])[];
}

type Curve = PartialDependenceView["curves"][number];

/** Half the width of a choice's dash. */
const DASH = 0.38;

/** A model's expectation along a param, where the slice's axes have it. */
export function prepareDependence(
  curve: Curve,
  x: DimensionAxis,
  y: ObjectiveAxis,
  column: ParamValues | undefined,
): Dependence {
  const placed = curve.values.flatMap((value, at) => {
    const place = placeOf(value, x, column);
    const [mean, spread] = [curve.mean[at], curve.spread[at] ?? 0];
    if (place === null || mean === undefined) return [];
    return [{ place, mean: y.clip(mean), low: y.clip(mean - spread), high: y.clip(mean + spread) }];
  });
  if (x.isChoice)
    return {
      lines: placed.map(({ place, mean }) => [
        [place - DASH, mean],
        [place + DASH, mean],
      ]),
      bands: placed.map(({ place, low, high }) => [
        [place - DASH, low],
        [place + DASH, low],
        [place + DASH, high],
        [place - DASH, high],
      ]),
    };
  const upper = placed.map(({ place, high }): Point => [place, high]);
  const lower = placed.map(({ place, low }): Point => [place, low]);
  return {
    lines: [placed.map(({ place, mean }): Point => [place, mean])],
    bands: placed.length < 2 ? [] : [[...upper, ...lower.reverse()]],
  };
}

/** Where a value lies along the axis; null for one that no run has, or that the scale has no place for. */
export function placeOf(
  value: ParamValue,
  axis: DimensionAxis,
  column: ParamValues | undefined,
): number | null {
  if (column?.kind === "choices") {
    const at = column.choices.findIndex((choice) => paramKey(choice) === paramKey(value));
    return at < 0 ? null : at;
  }
  return typeof value === "number" ? axis.place(value) : null;
}
