import type { Params } from "@sweepyard/contract";
import { formatParam } from "../format/formatNumber.js";

/** Params in one line: `lr 1e-3 · depth 2`; empty if there are none. */
export const paramsText = (params: Params): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${formatParam(value)}`)
    .join(" · ");
