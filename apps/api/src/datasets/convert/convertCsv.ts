import type { DatasetOptions, DatasetTask } from "@sweepyard/contract";
import type { ConversionJob, LabelledRows, ReadRows } from "./conversion.js";
import { invalidPart, tooLarge } from "./invalidPart.js";
import { type CsvFile, type CsvRow, isNoUtf8, noUtf8, openCsv } from "./readCsv.js";
import { splitTest } from "./splitTest.js";

type CsvOptions = Extract<DatasetOptions, { format: "csv" }>;

/** A column of so many different texts is an identifier, no category. */
const MAX_CATEGORIES = 256;
const MISSING = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL"]);
/** The category that stands for a missing one. */
const NO_CATEGORY = "missing";

/**
 * Reads tables. Columns of numbers become one feature each, columns of text one for each of their
 * values in the training file (one-hot), in alphabetical order. A column that mixes the two is
 * refused unless the request calls it categorical: a slip of the pen is not to become a category.
 * @throws {AppError} `data_invalid` naming file, line and column; `invalid_request` naming the option.
 */
export async function convertCsv({ options, parts, maxBytes }: ConversionJob): Promise<ReadRows> {
  const own = options as CsvOptions;
  if (parts.train === undefined)
    throw invalidPart("train", "required", "is missing", "invalid_request");
  const train = await openCsv(parts.train, "train", own);
  const layout = await inspect(train, own);
  const rows = await readRows(train, "train", layout, own, maxBytes);
  const described = {
    task: layout.task,
    classNames: layout.classNames,
    inputShape: [layout.width],
    columns: layout.features.flatMap((feature) => feature.names),
  };
  if (parts.test === undefined) {
    const split = splitTest(described, rows, own.test);
    const fill = meansOf(split.train);
    return { ...described, train: filled(split.train, fill), test: filled(split.test, fill) };
  }
  const test = await openCsv(parts.test, "test", own);
  if (test.columns.join("\n") !== train.columns.join("\n"))
    throw invalidPart(
      "test",
      "same_columns",
      `has the columns ${test.columns.join(", ")}; train has ${train.columns.join(", ")}`,
    );
  const fill = meansOf(rows);
  const testRows = await readRows(test, "test", layout, own, maxBytes);
  return { ...described, train: filled(rows, fill), test: filled(testRows, fill) };
}

interface Feature {
  readonly column: number;
  readonly name: string;
  /** Place of each category among the feature's values; absent: a number. */
  readonly categories?: ReadonlyMap<string, number>;
  /** Of the values it becomes. */
  readonly names: readonly string[];
}

interface Layout {
  readonly rows: number;
  readonly features: readonly Feature[];
  /** Values of a row. */
  readonly width: number;
  readonly targets: readonly { readonly column: number; readonly name: string }[];
  readonly weight?: { readonly column: number; readonly name: string };
  readonly task: DatasetTask;
  readonly classNames: readonly string[];
}

/** What a first reading finds in each column. */
class ColumnFacts {
  hasNumber = false;
  /** The first cell that is none. */
  text: { readonly cell: string; readonly line: number } | undefined;
  hasMissing = false;
  readonly values = new Set<string>();

  add(cell: string, line: number): void {
    if (MISSING.has(cell)) {
      this.hasMissing = true;
      return;
    }
    if (isNumber(cell)) this.hasNumber = true;
    else {
      this.text ??= { cell, line };
      if (isNoUtf8(cell)) throw noUtf8("train", line);
    }
    // One more than may be told apart is enough to say so.
    if (this.values.size <= MAX_CLASSES) this.values.add(cell);
  }

  get isNumeric(): boolean {
    return this.text === undefined;
  }
}

const MAX_CLASSES = 10_000;

async function inspect(file: CsvFile, options: CsvOptions): Promise<Layout> {
  const at = (name: string, field: string): number => {
    const column = file.columns.indexOf(name);
    if (column >= 0) return column;
    throw invalidPart(
      `options.${field}`,
      "unknown_column",
      `names "${name}"; the columns are ${file.columns.join(", ")}${misreading(file.columns)}`,
      "invalid_request",
    );
  };
  const targets = options.target.map((name) => ({ name, column: at(name, "target") }));
  const weight =
    options.weight === undefined
      ? undefined
      : { name: options.weight, column: at(options.weight, "weight") };
  const ignored = new Set(options.ignore.map((name) => at(name, "ignore")));
  const categorical = new Set(options.categorical.map((name) => at(name, "categorical")));
  const facts = file.columns.map(() => new ColumnFacts());
  let rows = 0;
  for await (const { cells, line } of file.rows()) {
    rows++;
    for (const [column, cell] of cells.entries()) facts[column]?.add(cell.trim(), line);
  }
  if (rows === 0) throw invalidPart("train", "empty", "has no rows");
  const noFeature = new Set([...targets, ...(weight ? [weight] : [])].map(({ column }) => column));
  const features = file.columns.flatMap((name, column) =>
    noFeature.has(column) || ignored.has(column)
      ? []
      : [feature(name, column, facts[column] as ColumnFacts, categorical.has(column), options)],
  );
  if (features.length === 0)
    throw invalidPart("train", "no_features", "has no columns left to learn from");
  const width = features.reduce((sum, { names }) => sum + names.length, 0);
  const outputs = targetsOf(targets, facts, options);
  return { rows, features, width, targets, ...(weight && { weight }), ...outputs };
}

/** What the columns' names say of a table that was read in the wrong way. */
function misreading(columns: readonly string[]): string {
  const [only = ""] = columns;
  const mark =
    columns.length === 1 ? [";", "\t", "|"].find((each) => only.includes(each)) : undefined;
  if (mark !== undefined)
    return `: they look as if delimiter: ${mark === "\t" ? "tab" : `"${mark}"`} divided them`;
  const numbers = columns.filter(isNumber).length;
  return numbers * 2 >= columns.length ? ": for a file without a header say header: false" : "";
}

const isDecimalComma = (cell: string): boolean => /^[+-]?\d+,\d+$/.test(cell);

function feature(
  name: string,
  column: number,
  { isNumeric, hasNumber, text, hasMissing, values }: ColumnFacts,
  isCategorical: boolean,
  { missing }: CsvOptions,
): Feature {
  if (isNumeric && !isCategorical) return { column, name, names: [name] };
  if (text !== undefined && isDecimalComma(text.cell) && !isCategorical)
    throw invalidPart(
      "train",
      "decimal_comma",
      `line ${text.line}, column "${name}": "${text.cell}" has a decimal comma; numbers are written with a point`,
    );
  if (text !== undefined && hasNumber && !isCategorical)
    throw invalidPart(
      "train",
      "number",
      `line ${text.line}, column "${name}": "${text.cell}" is no number, as others of the column ` +
        "are; list the column under categorical if its values are names",
    );
  if (values.size > MAX_CATEGORIES)
    throw invalidPart(
      "train",
      "too_many_categories",
      `column "${name}" has more than ${MAX_CATEGORIES} different texts: list it under ignore`,
    );
  const categories = [...values].sort(compareTexts);
  if (hasMissing && missing === "fill" && !values.has(NO_CATEGORY)) categories.push(NO_CATEGORY);
  return {
    column,
    name,
    categories: new Map(categories.map((value, place) => [value, place])),
    names: categories.map((value) => `${name}=${value}`),
  };
}

function targetsOf(
  targets: Layout["targets"],
  facts: readonly ColumnFacts[],
  options: CsvOptions,
): Pick<Layout, "task" | "classNames"> {
  const first = facts[targets[0]?.column ?? 0] as ColumnFacts;
  const task =
    options.task ?? (targets.length === 1 && !first.isNumeric ? "classification" : "regression");
  if (task !== "classification") return { task, classNames: targets.map(({ name }) => name) };
  if (targets.length > 1)
    throw invalidPart(
      "options.target",
      "one_target",
      "names several columns; classification takes one, and multi_label several",
      "invalid_request",
    );
  const classNames =
    options.class_names ?? [...first.values].sort(first.isNumeric ? compareNumbers : compareTexts);
  if (classNames.length < 2 || classNames.length > MAX_CLASSES)
    throw invalidPart(
      "train",
      "class_count",
      `column "${targets[0]?.name}" has ${classNames.length > MAX_CLASSES ? `more than ${MAX_CLASSES} classes` : "one class"}: 2 to ${MAX_CLASSES} can be told apart; for numbers to be estimated say task: regression`,
    );
  return { task, classNames };
}

async function readRows(
  file: CsvFile,
  part: "train" | "test",
  layout: Layout,
  options: CsvOptions,
  maxBytes: number,
): Promise<LabelledRows> {
  const { features, width, targets, weight, task, classNames } = layout;
  const outputs = task === "classification" ? 1 : targets.length;
  const x = new GrowingFloats(width, maxBytes, part);
  const y = new GrowingFloats(outputs, maxBytes, part);
  const weights = new GrowingFloats(1, maxBytes, part);
  const classIds = new Map(classNames.map((name, id) => [name, id]));
  for await (const row of file.rows()) {
    const cellOf = ({ column }: { readonly column: number }) => (row.cells[column] ?? "").trim();
    const refuse = (name: string, rule: string, what: string) =>
      invalidPart(part, rule, `line ${row.line}, column "${name}": ${what}`);
    const values = x.next();
    let place = 0;
    for (const one of features) {
      const cell = cellOf(one);
      const isMissing = MISSING.has(cell);
      if (isMissing && options.missing === "refuse")
        throw refuse(one.name, "missing", "is missing; missing: fill takes the column's mean");
      if (one.categories === undefined) {
        if (!isMissing && !isNumber(cell))
          throw refuse(one.name, "number", `"${cell}" is no number`);
        values[place] = isMissing ? Number.NaN : Number(cell);
      } else {
        const category = one.categories.get(isMissing ? NO_CATEGORY : cell);
        if (category === undefined)
          throw refuse(one.name, "unknown_category", `"${cell}" is none of train's categories`);
        values[place + category] = 1;
      }
      place += one.names.length;
    }
    readTargets(y.next(), row, layout, classIds, refuse);
    if (weight !== undefined) {
      const cell = cellOf(weight);
      if (!isNumber(cell) || Number(cell) < 0)
        throw refuse(weight.name, "weight", `"${cell}" is no weight: a number from 0 on`);
      weights.next()[0] = Number(cell);
    }
  }
  if (x.rows === 0) throw invalidPart(part, "empty", "has no rows");
  return {
    count: x.rows,
    x: x.take(),
    y: task === "classification" ? Int32Array.from(y.take()) : y.take(),
    weights: weight && weights.take(),
  };
}

function readTargets(
  values: Float32Array,
  { cells }: CsvRow,
  { targets, task, classNames }: Layout,
  classIds: ReadonlyMap<string, number>,
  refuse: (name: string, rule: string, what: string) => Error,
): void {
  for (const [at, { column, name }] of targets.entries()) {
    const cell = (cells[column] ?? "").trim();
    if (MISSING.has(cell)) throw refuse(name, "missing", "a target can't be missing");
    if (task === "classification") {
      const id = classIds.get(cell);
      if (id === undefined)
        throw refuse(
          name,
          "class",
          `"${cell}" is none of the classes ${classNames.slice(0, 20).join(", ")}`,
        );
      values[at] = id;
    } else if (task === "multi_label") {
      const bit = LABEL_WORDS[cell.toLowerCase()];
      if (bit === undefined) throw refuse(name, "label", `"${cell}" is neither 0 nor 1`);
      values[at] = bit;
    } else if (isNumber(cell)) values[at] = Number(cell);
    else throw refuse(name, "number", `"${cell}" is no number`);
  }
}

const LABEL_WORDS: Readonly<Record<string, number>> = { "0": 0, "1": 1, false: 0, true: 1 };

/** Rows of float32 that come one by one. */
class GrowingFloats {
  rows = 0;
  readonly #width: number;
  readonly #maxBytes: number;
  readonly #part: string;
  #values: Float32Array;

  constructor(width: number, maxBytes: number, part: string) {
    this.#width = width;
    this.#maxBytes = maxBytes;
    this.#part = part;
    this.#values = new Float32Array(width * 256);
  }

  /** The next row, of zeros, to be filled before the one after it is asked for. */
  next(): Float32Array {
    const from = this.rows++ * this.#width;
    if (from + this.#width > this.#values.length) {
      if (this.#values.byteLength > this.#maxBytes)
        throw tooLarge(this.#part, "takes, as numbers,", this.#maxBytes);
      const larger = new Float32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    return this.#values.subarray(from, from + this.#width);
  }

  take(): Float32Array {
    return this.#values.slice(0, this.rows * this.#width);
  }
}

/** Mean of each value over the rows that have it. */
function meansOf({ count, x }: LabelledRows): Float64Array {
  const width = x.length / count;
  const sums = new Float64Array(width);
  const counts = new Float64Array(width);
  for (const [at, value] of x.entries())
    if (!Number.isNaN(value)) {
      sums[at % width] = (sums[at % width] as number) + value;
      counts[at % width] = (counts[at % width] as number) + 1;
    }
  return sums.map((sum, at) => (counts[at] === 0 ? 0 : sum / (counts[at] as number)));
}

function filled(rows: LabelledRows, means: Float64Array): LabelledRows {
  const x = rows.x.map((value, at) =>
    Number.isNaN(value) ? (means[at % means.length] as number) : value,
  );
  return { ...rows, x };
}

/** A finite number in a form that people write; hexadecimal and the empty text are none. */
const isNumber = (cell: string): boolean =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) && Number.isFinite(Math.fround(Number(cell)));

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareNumbers = (a: string, b: string): number => Number(a) - Number(b);
