import type { DatasetTask } from "@sweepyard/contract";

/** Labelled rows in memory. */
export interface Rows {
  readonly count: number;
  /** `count` × the input's size. uint8 holds pixels 0..255 and is scaled to 0..1; float32 is taken as it is. */
  readonly x: Uint8Array | Float32Array;
  /** Integers: one class id per row. Float32Array: targets [count, outputs], row-major. */
  readonly y: Uint8Array | Int32Array | Float32Array;
  /** What each row counts in the training loss; absent: 1. */
  readonly sampleWeight?: Float32Array;
}

export type { DatasetTask };

export interface Dataset {
  /** Of one row, such as [28, 28]. */
  readonly inputShape: readonly number[];
  readonly task: DatasetTask;
  /** Of the classes, labels or targets. */
  readonly classNames: readonly string[];
  readonly train: Rows;
  readonly test: Rows;
}
