/**
 * Remembers what lists of items added up to, so that a list that goes on from a remembered one
 * need not be gone through from its beginning. A pure saving of time: what is found is what would
 * be computed, as every item is compared.
 */
export interface Memo<Result, Item> {
  /** What the longest remembered list came to that `items` begin with; null if there is none. */
  longest(key: string, items: readonly Item[]): { result: Result; used: number } | null;
  /** Remembers the result of `items`, in place of what `key` had before. */
  keep(key: string, items: readonly Item[], result: Result): void;
}

/** @param size keys that are remembered: those used last */
export function createMemo<Result, Item>({
  size,
  isSame,
}: {
  readonly size: number;
  readonly isSame: (a: Item, b: Item) => boolean;
}): Memo<Result, Item> {
  const kept = new Map<string, { items: readonly Item[]; result: Result }>();
  return {
    longest(key, items) {
      const found = kept.get(key);
      if (found === undefined || found.items.length > items.length) return null;
      const begins = found.items.every((item, index) => {
        const other = items[index];
        return other === item || (other !== undefined && isSame(item, other));
      });
      return begins ? { result: found.result, used: found.items.length } : null;
    },
    keep(key, items, result) {
      kept.delete(key); // the last one used comes last
      kept.set(key, { items, result });
      for (const oldest of kept.keys()) {
        if (kept.size <= size) break;
        kept.delete(oldest);
      }
    },
  };
}
