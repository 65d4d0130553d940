/** Metrics at one step; steps count from 1. */
export interface StepRow {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What a line of a program's output says. */
export type Said =
  | { readonly kind: "row"; readonly row: StepRow }
  /** All steps up to this one are in the checkpoint folder. */
  | { readonly kind: "checkpoint"; readonly step: number };

const NAMES_OF_STEP = ["step", "epoch"] as const;
const NAME_MAX = 128;
const METRICS_MAX = 1_000;

/**
 * Reads what a program prints about itself, line by line. Two forms count, all else is talk:
 * a JSON object whose numbers are metrics, `{"epoch": 3, "val_loss": 0.41}`, and the same as
 * pairs, `epoch=3 val_loss=0.41`. NaN and Infinity are numbers, bare as Python's json writes them
 * or as text. Without `step` or `epoch` a line is the step after the last one.
 * `{"checkpoint": 3}` says that the checkpoint folder holds all up to step 3.
 */
export class ProgramOutput {
  #last: number;

  /** @param fromStep steps that are known already */
  constructor(fromStep: number) {
    this.#last = fromStep;
  }

  get lastStep(): number {
    return this.#last;
  }

  read(line: string): Said | null {
    const fields = fieldsOf(line.trim());
    if (fields === null) return null;
    const { checkpoint, ...rest } = fields;
    if (checkpoint !== undefined && Object.keys(rest).length === 0)
      return { kind: "checkpoint", step: asStep(checkpoint) ?? this.#last };
    return this.#row(fields);
  }

  #row(fields: Readonly<Record<string, unknown>>): Said | null {
    const values: Record<string, number> = {};
    for (const [name, value] of Object.entries(fields).slice(0, METRICS_MAX)) {
      const number = asNumber(value);
      if (number !== null && name !== "" && name.length <= NAME_MAX) values[name] = number;
    }
    const named = NAMES_OF_STEP.find((name) => asStep(fields[name]) !== null);
    const step = (named && asStep(fields[named])) ?? this.#last + 1;
    if (named !== undefined) delete values[named];
    if (Object.keys(values).length === 0) return null;
    this.#last = Math.max(this.#last, step);
    return { kind: "row", row: { step, values } };
  }
}

const STEP_MAX = 1_000_000_000;

/** Programs count epochs from 0 or from 1; step 0 would be before the first, and counts as 1. */
function asStep(value: unknown): number | null {
  const number = asNumber(value);
  if (number === null || !Number.isInteger(number) || number < 0 || number > STEP_MAX) return null;
  return number;
}

function asNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !NOT_FINITE.test(value)) return null;
  return Number(value.replace(/inf(inity)?/i, "Infinity").replace(/nan/i, "NaN"));
}

const NOT_FINITE = /^[+-]?(nan|inf(inity)?)$/i;

function fieldsOf(line: string): Record<string, unknown> | null {
  if (line.startsWith("{") && line.endsWith("}")) return parseObject(line);
  return parsePairs(line);
}

function parseObject(line: string): Record<string, unknown> | null {
  const value = parseJson(line) ?? parseJson(quoteNotFinite(line));
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Strings stay as they are: they are matched first. */
const quoteNotFinite = (text: string) =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );

function parsePairs(line: string): Record<string, unknown> | null {
  if (!line.includes("=")) return null;
  const fields: Record<string, unknown> = {};
  for (const pair of line.split(/\s+/)) {
    const [name, value, ...more] = pair.split("=");
    if (!name || !value || more.length > 0) return null;
    const number = NOT_FINITE.test(value) ? value : Number(value);
    if (typeof number === "number" && Number.isNaN(number)) return null;
    fields[name] = number;
  }
  return fields;
}
