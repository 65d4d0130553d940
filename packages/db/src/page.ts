/** One page of a list. `total` counts what matches on all pages. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
  readonly total: number;
}
