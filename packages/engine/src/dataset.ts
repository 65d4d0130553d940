/** Labelled rows in memory. */
export interface Rows {
  readonly count: number;
  /** `count` × the input's size. uint8 holds pixels 0..255 and is scaled to 0..1; float32 is taken as it is. */
  readonly x: Uint8Array | Float32Array;
  /** One class id per row. */
  readonly y: Uint8Array;
}

export interface Dataset {
  /** Of one row, such as [28, 28]. */
  readonly inputShape: readonly number[];
  readonly classNames: readonly string[];
  readonly train: Rows;
  readonly test: Rows;
}
