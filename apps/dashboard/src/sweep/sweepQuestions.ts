import type { SweepView } from "@sweepyard/contract";
import type { CurveBandsKey, RunListKey } from "../api/queries.js";
import type { SweepSearch } from "../search.js";

/** What the page of a sweep asks of the server besides the sweep, by what its address says. */

/** Lines beside the bands, and instead of them. */
const BEST_LINES = 10;
const MOST_LINES = 1_000;

export const isMoreThanLines = (runs: number): boolean => runs > BEST_LINES;

/** @param ticked runs that are lines whatever their objective is, by number. */
export const curvesAsked = (
  sweep: Pick<SweepView, "objective">,
  search: SweepSearch,
  ticked: readonly number[],
): CurveBandsKey => ({
  metric: search.metric ?? sweep.objective.metric,
  x: search.x ?? "epoch",
  lines: search.lines === true ? MOST_LINES : BEST_LINES,
  filter: search.filter ?? "",
  numbers: ticked,
});

/** The table's rows: the best first unless the address says otherwise. */
export const rowsAsked = (
  sweep: Pick<SweepView, "id" | "objective">,
  search: SweepSearch,
): RunListKey => ({
  sweepId: sweep.id,
  filter: search.filter ?? "",
  sort: search.sort ?? (sweep.objective.direction === "maximize" ? "-objective" : "objective"),
});
