/**
 * What pages keep in the address. Whatever a hand or an old link wrote there is read
 * leniently: an unknown or broken field is as if it were absent.
 */
export interface RunListSearch {
  readonly filter?: string | undefined;
  readonly sort?: string | undefined;
  readonly selected?: readonly string[] | undefined;
}

export interface SweepSearch extends RunListSearch {
  /** The metric of the learning curves. */
  readonly metric?: string | undefined;
  readonly log?: true | undefined;
  readonly full?: true | undefined;
  /** Curves over training time instead of epochs. */
  readonly x?: "time" | undefined;
  /** Weight of the curves' moving average, 0 to below 1. */
  readonly smooth?: number | undefined;
  /** Up to 1,000 curves as lines instead of bands. */
  readonly lines?: true | undefined;
  /** Which view of all runs is open. */
  readonly view?: BoardView | undefined;
  /** Params of the parallel coordinates, left to right; those missing follow. */
  readonly axes?: readonly string[] | undefined;
  /** The two params of contour and rank. */
  readonly pair?: readonly string[] | undefined;
  /** What a model of the runs expects over that plane, instead of the runs' own means. */
  readonly surface?: true | undefined;
  /** The table shows groups by this instead of runs. */
  readonly group?: string | undefined;
  /** Columns of the table besides the usual ones, and without those that begin with `-`. */
  readonly columns?: readonly string[] | undefined;
}

export const BOARD_VIEWS = [
  "parallel",
  "slice",
  "contour",
  "rank",
  "edf",
  "timeline",
  "rungs",
  "pareto",
] as const;
export type BoardView = (typeof BOARD_VIEWS)[number];

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const flag = (value: unknown): true | undefined => (value === true ? true : undefined);
const ids = (value: unknown): readonly string[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const list = value.filter((item) => typeof item === "string");
  return list.length === 0 ? undefined : list;
};

export const readRunListSearch = (raw: Record<string, unknown>): RunListSearch => ({
  filter: text(raw.filter),
  sort: text(raw.sort),
  selected: ids(raw.selected),
});

export const readSweepSearch = (raw: Record<string, unknown>): SweepSearch => ({
  ...readRunListSearch(raw),
  metric: text(raw.metric),
  log: flag(raw.log),
  full: flag(raw.full),
  x: raw.x === "time" ? "time" : undefined,
  smooth:
    typeof raw.smooth === "number" && raw.smooth > 0 && raw.smooth < 1 ? raw.smooth : undefined,
  lines: flag(raw.lines),
  view: BOARD_VIEWS.find((view) => view === raw.view),
  axes: ids(raw.axes),
  pair: ids(raw.pair),
  surface: flag(raw.surface),
  group: text(raw.group),
  columns: ids(raw.columns),
});

export const readCompareSearch = (
  raw: Record<string, unknown>,
): { readonly ids: readonly string[] } => ({
  ids: ids(raw.ids) ?? [],
});

/** `from`: the sweep whose copy it begins with. */
export const readNewSweepSearch = (
  raw: Record<string, unknown>,
): { readonly from?: string | undefined } => ({ from: text(raw.from) });
