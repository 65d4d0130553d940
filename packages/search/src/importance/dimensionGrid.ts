import type { Dimension, ParamValue } from "@sweepyard/contract";
import { levelAt, levelCount } from "../levels.js";
import { fromUnit } from "../unit.js";

/** Values of a dimension to draw it by, and how its axis is divided. */
export interface DimensionGrid {
  readonly scale: "linear" | "log" | "choices";
  readonly values: readonly ParamValue[];
}

/**
 * At most `points` values from one end of a dimension to the other, evenly spread as random search
 * would draw them; all of them if they are few, and of choices always.
 */
export function dimensionGrid(dimension: Dimension, points: number): DimensionGrid {
  const count = levelCount(dimension);
  const isChoice = dimension.type === "categorical" || dimension.type === "ordinal";
  if (isChoice || count <= points)
    return {
      scale: isChoice || dimension.type === "constant" ? "choices" : scaleOf(dimension),
      values: Array.from({ length: count }, (_, level) => levelAt(dimension, level)),
    };
  const isNormal = dimension.type === "normal" || dimension.type === "log_normal";
  const values = Array.from({ length: points }, (_, point) => {
    // A normal dimension has no ends to draw.
    if (isNormal) return fromUnit(dimension, (point + 0.5) / points);
    if (point === points - 1 && dimension.type === "float" && !Number.isFinite(count))
      return dimension.high;
    return fromUnit(dimension, point / (points - 1));
  });
  return { scale: scaleOf(dimension), values: [...new Set(values)] };
}

function scaleOf(dimension: Dimension): "linear" | "log" {
  if (dimension.type === "float" || dimension.type === "int")
    return dimension.log ? "log" : "linear";
  return dimension.type === "log_normal" ? "log" : "linear";
}
