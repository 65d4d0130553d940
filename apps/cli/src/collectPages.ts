/** The largest page the API gives. */
const PAGE = 1000;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  /** How many match in all. */
  readonly total: number;
}

/** The first `limit` items of a list that comes in pages; `total` counts all that match. */
export async function collectPages<Item>(
  limit: number,
  fetchPage: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let last: Page<Item> | undefined;
  do {
    const cursor = last?.nextCursor;
    last = await fetchPage({
      limit: Math.min(PAGE, limit - items.length),
      ...(cursor ? { cursor } : {}),
    });
    items.push(...last.items);
  } while (last.nextCursor !== null && items.length < limit);
  return { items, nextCursor: last.nextCursor, total: last.total };
}
