import { type Params, type ParamValue, paramText } from "@sweepyard/contract";
import { formatFigure, NONE } from "./figures.js";

const formatValue = (value: ParamValue): string =>
  typeof value === "number" ? formatFigure(value) : paramText(value);

/** `learning_rate=0.001 depth=2` */
export function formatParams(params: Params): string {
  const parts = Object.entries(params).map(([name, value]) => `${name}=${formatValue(value)}`);
  return parts.length === 0 ? NONE : parts.join(" ");
}
