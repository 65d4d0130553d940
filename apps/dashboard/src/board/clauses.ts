import {
  type Filter,
  type FilterField,
  type FilterValue,
  fieldText,
  formatFilter,
  parseFilter,
} from "@sweepyard/contract";

/**
 * One selection for the whole page: the filter's text in the address. A brush on an axis, a click
 * on a legend and a typed line all write clauses of it, and each clause is a chip.
 */

export interface Clause {
  readonly text: string;
  readonly filter: Filter;
}

/** The parts that all have to hold; none where the text can't be read. */
export function clausesOf(text: string): Clause[] {
  const filter = readFilter(text);
  if (filter === null) return [];
  const parts = filter.kind === "and" ? filter.parts : [filter];
  return parts.map((part) => ({ text: formatFilter(part), filter: part }));
}

/** Null for an empty text and for one that can't be read. */
export function readFilter(text: string): Filter | null {
  if (text.trim() === "") return null;
  try {
    return parseFilter(text);
  } catch {
    return null; // the filter's field says what is wrong with it
  }
}

const join = (filters: readonly Filter[]): string =>
  filters.length === 0
    ? ""
    : formatFilter(
        filters.length === 1 && filters[0] !== undefined
          ? filters[0]
          : { kind: "and", parts: filters },
      );

export const withoutClause = (text: string, index: number): string =>
  join(
    clausesOf(text)
      .filter((_, at) => at !== index)
      .map(({ filter }) => filter),
  );

const isAbout = (filter: Filter, field: FilterField): boolean =>
  (filter.kind === "compare" || filter.kind === "in") &&
  fieldText(filter.field) === fieldText(field);

/** Takes every clause about `field` out and puts `clauses` at the end. */
function replaceField(text: string, field: FilterField, clauses: readonly Filter[]): string {
  const others = clausesOf(text)
    .map(({ filter }) => filter)
    .filter((filter) => !isAbout(filter, field));
  return join([...others, ...clauses]);
}

/** `field` between two ends, both included; null lifts what was said of it. */
export const withRange = (
  text: string,
  field: FilterField,
  range: readonly [low: number, high: number] | null,
): string =>
  replaceField(
    text,
    field,
    range === null
      ? []
      : [
          { kind: "compare", field, op: ">=", value: range[0] },
          { kind: "compare", field, op: "<=", value: range[1] },
        ],
  );

/** `field` is one of `values`; null lifts what was said of it. */
export function withChoices(
  text: string,
  field: FilterField,
  values: readonly FilterValue[] | null,
): string {
  const [only, ...others] = values ?? [];
  if (values === null || only === undefined) return replaceField(text, field, []);
  return replaceField(text, field, [
    others.length === 0
      ? { kind: "compare", field, op: "=", value: only }
      : { kind: "in", field, values },
  ]);
}

/** What the clauses say of a field's range; an end that they leave open is infinite. */
export function rangeOf(text: string, field: FilterField): [low: number, high: number] | null {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (const { filter } of clausesOf(text)) {
    if (filter.kind !== "compare" || !isAbout(filter, field)) continue;
    if (typeof filter.value !== "number") continue;
    if (filter.op === ">=" || filter.op === ">") low = Math.max(low, filter.value);
    if (filter.op === "<=" || filter.op === "<") high = Math.min(high, filter.value);
    if (filter.op === "=") [low, high] = [filter.value, filter.value];
  }
  return low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY ? null : [low, high];
}

/** The values that the clauses leave a field, or null if they say nothing of it. */
export function choicesOf(text: string, field: FilterField): readonly FilterValue[] | null {
  for (const { filter } of clausesOf(text)) {
    if (!isAbout(filter, field)) continue;
    if (filter.kind === "in") return filter.values;
    if (filter.kind === "compare" && filter.op === "=") return [filter.value];
  }
  return null;
}
