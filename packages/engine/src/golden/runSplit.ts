import { splitRows } from "../splitRows.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase } from "./goldenCase.js";

interface SplitCase extends GoldenCase {
  readonly rows: readonly {
    readonly n: number;
    readonly validation_split: number;
    readonly train: number;
    readonly validation: number;
    readonly error: boolean;
  }[];
}

/** Kind `split`: how many rows train and validate, or that fit() refuses. */
export function runSplit({ rows }: SplitCase): GoldenResult {
  const compare = new Comparison();
  for (const { n, validation_split, train, validation, error } of rows) {
    const what = `${n} rows, ${validation_split}`;
    const counts = countsOf(n, validation_split);
    compare.exact(`${what}: refused`, Number(counts === undefined), Number(error));
    if (error) continue;
    compare.exact(`${what}: train`, counts?.train, train);
    compare.exact(`${what}: validation`, counts?.validation, validation);
  }
  return compare;
}

function countsOf(count: number, validation_split: number) {
  const rows = { count, x: new Float32Array(count), y: new Int32Array(count) };
  const dataset = {
    inputShape: [1],
    task: "classification",
    classNames: ["one"],
    train: rows,
    test: rows,
  } as const;
  try {
    const split = splitRows(dataset, { split: { method: "last" }, validation_split });
    return { train: split.train.length, validation: split.validation.length };
  } catch {
    return undefined;
  }
}
