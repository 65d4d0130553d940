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
}

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
