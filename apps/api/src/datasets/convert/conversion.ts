import type { DatasetDetails, DatasetOptions, DatasetPart, DatasetTask } from "@sweepyard/contract";

/** What the converting process is asked for. */
export interface ConversionJob {
  readonly options: Exclude<DatasetOptions, { format: "idx" }>;
  /** Where the uploaded files lie, no longer in gzip. */
  readonly parts: Partial<Record<DatasetPart, string>>;
  /** A folder for the arrays. */
  readonly outDir: string;
  /** Most bytes that archives may inflate to, and that the arrays may take. */
  readonly maxBytes: number;
}

/** What an upload came to; the arrays' files are named as contract's NpyFiles. */
export interface Conversion {
  readonly task: DatasetTask;
  readonly classNames: string[];
  readonly inputShape: number[];
  readonly trainRows: number;
  readonly testRows: number;
  readonly classCounts: number[];
  readonly details: DatasetDetails;
  readonly files: Record<string, string>;
}

/** Rows of one split in memory, as contract's NpyFiles has them. */
export interface LabelledRows {
  readonly count: number;
  readonly x: Uint8Array | Float32Array;
  /** Class ids [count], or targets [count, outputs]. */
  readonly y: Int32Array | Float32Array;
  readonly weights?: Float32Array | undefined;
}

/** What a format's reader makes of its files. */
export interface ReadRows {
  readonly task: DatasetTask;
  readonly classNames: readonly string[];
  readonly inputShape: readonly number[];
  readonly train: LabelledRows;
  readonly test: LabelledRows;
  /** Names of the features of a table. */
  readonly columns?: readonly string[];
  readonly skipped?: readonly SkippedFile[];
}

export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}
