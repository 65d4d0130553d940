import { FILTER_COLUMNS, RunState } from "@sweepyard/contract";

/** What a filter may be about, as the filter language writes it. */
export interface FilterWords {
  /** Such as `state`, `params.depth`, `metrics.val_loss`. */
  readonly fields: readonly string[];
  /** Of a field that has only some values; else none. */
  readonly valuesOf: (field: string) => readonly string[];
}

export interface FilterCompletion {
  /** What would be put in. */
  readonly word: string;
  /** The whole filter with it. */
  readonly text: string;
}

const MOST = 8;
const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "~", "in ("];
const WORD = /[\w.\-/]*$/;
const FIELD = String.raw`[A-Za-z_][\w.\-/]*`;
/** `state =`, `state in (`, `state in (failed,`: a value comes next. */
const BEFORE_VALUE = new RegExp(String.raw`(${FIELD})\s*(?:[=!<>~]=?|\bin\s*\([^)]*)$`, "i");
const BEFORE_FIELD = /(^|\(|\b(and|or|not))\s*$/i;
const BEFORE_OPERATOR = new RegExp(`(${FIELD})\\s+$`);
const AFTER_VALUE = /([\w"'.]|\))\s+$/;

/** Fields of every run, and those that `params` and `metrics` name. */
export function filterWords(
  params: ReadonlyMap<string, readonly string[]>,
  metrics: readonly string[],
): FilterWords {
  return {
    fields: [
      ...[...params.keys()].map((name) => `params.${name}`),
      ...metrics.map((name) => `metrics.${name}`),
      ...FILTER_COLUMNS,
    ],
    valuesOf(field) {
      if (field === "state") return RunState.options;
      if (field === "excluded") return ["true", "false"];
      return params.get(field.replace(/^params\./, "")) ?? [];
    },
  };
}

/** What the word at the end of `text` may become: a field, a comparison, a value, `and` or `or`. */
export function completeFilter(text: string, words: FilterWords): FilterCompletion[] {
  const typed = WORD.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - typed.length);
  const begins = (word: string) => word.toLowerCase().startsWith(typed.toLowerCase());
  const holds = (word: string) => word.toLowerCase().includes(typed.toLowerCase());
  const candidates = candidatesAfter(before, words).filter((word) => word !== typed && holds(word));
  return [...candidates.filter(begins), ...candidates.filter((word) => !begins(word))]
    .slice(0, MOST)
    .map((word) => ({ word, text: `${before}${word}${word.endsWith("(") ? "" : " "}` }));
}

function candidatesAfter(before: string, { fields, valuesOf }: FilterWords): readonly string[] {
  const compared = BEFORE_VALUE.exec(before.trimEnd())?.[1];
  if (compared !== undefined) return valuesOf(compared);
  if (BEFORE_FIELD.test(before)) return fields;
  const last = BEFORE_OPERATOR.exec(before)?.[1];
  if (last !== undefined && fields.includes(last)) return OPERATORS;
  return AFTER_VALUE.test(before) ? ["and", "or"] : [];
}
