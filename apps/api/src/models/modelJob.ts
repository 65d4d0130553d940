import type { Baseline, ExportFigures, ExportFormat, StoredFile } from "@sweepyard/contract";
import type { ExportSource } from "@sweepyard/db";
import type { Rivalry } from "@sweepyard/engine";

/** What the process of `runModelJob` is asked for. */
export type ModelJob = ExportJob | CompareJob | BaselineJob;

export interface ExportJob {
  readonly kind: "export";
  readonly artifactsDir: string;
  readonly source: ExportSource;
  readonly formats: readonly ExportFormat[];
  /** Run each file on the whole test split, not on its first rows alone. */
  readonly measure: boolean;
  /** A Python with TensorFlow, if there is one. */
  readonly python?: string | undefined;
}

/** Two models on one test split, for the gates of a promotion. */
export interface CompareJob {
  readonly kind: "compare";
  readonly artifactsDir: string;
  readonly source: ExportSource;
  /** SHA-256 of the champion's .onnx file; null: nothing to compare with. */
  readonly champion: string | null;
}

/** What a model finds in its training rows. */
export interface BaselineJob {
  readonly kind: "baseline";
  readonly artifactsDir: string;
  readonly source: ExportSource;
}

export type ExportResult = readonly {
  readonly format: ExportFormat;
  readonly file: StoredFile;
  readonly figures: ExportFigures;
}[];

export interface CompareResult {
  /** Median of one row at a time. */
  readonly latencyMs: number;
  /** Null without a champion; a text says why the two can't be compared. */
  readonly rivalry: Rivalry | string | null;
}

export interface ResultOf {
  readonly export: ExportResult;
  readonly compare: CompareResult;
  readonly baseline: Baseline;
}
