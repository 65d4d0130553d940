export interface GoldenOptions {
  /** CPU threads of the engine. */
  readonly threads: number;
  /** Folder of the real data, for kind `reference`. */
  readonly data?: string;
}
