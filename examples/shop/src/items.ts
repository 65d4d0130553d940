import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import type { Database } from "./database.js";
import { ShopError } from "./shopError.js";

export interface Item {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly seller: string;
  readonly state: "waiting" | "shown" | "review" | "unreadable";
  readonly category: string | null;
  readonly confidence: number | null;
  readonly tags: Readonly<Record<string, number>>;
  readonly why: string | null;
}

export const NewItem = z.object({
  title: z.string().trim().min(1, "is missing").max(120, "is longer than 120 characters"),
  description: z.string().trim().max(2_000, "is longer than 2,000 characters").default(""),
  seller: z.string().trim().min(1, "is missing").max(80, "is longer than 80 characters"),
});
export type NewItem = z.infer<typeof NewItem>;

const COLUMNS = "id, title, description, seller, state, category, confidence, tags, why";
export const PAGE_ITEMS = 24;

/** @returns its id. */
export async function addItem(
  client: pg.ClientBase | Database,
  { title, description, seller }: NewItem,
  webp: Buffer,
): Promise<string> {
  const id = randomUUID();
  await client.query(
    `with item as (
       insert into items (id, title, description, seller) values ($1, $2, $3, $4)
     ) insert into pictures (item_id, webp) values ($1, $5)`,
    [id, title, description, seller, webp],
  );
  return id;
}

/** @throws {ShopError} 404 */
export async function getItem(db: Database, id: string): Promise<Item> {
  const { rows } = z.uuid().safeParse(id).success
    ? await db.query<Item>(`select ${COLUMNS} from items where id = $1`, [id])
    : { rows: [] };
  if (rows[0] === undefined) throw new ShopError(404, "there is no such item");
  return rows[0];
}

/** @throws {ShopError} 404 */
export async function getPicture(db: Database, itemId: string): Promise<Buffer> {
  const { id } = await getItem(db, itemId);
  const { rows } = await db.query<{ webp: Buffer }>(
    "select webp from pictures where item_id = $1",
    [id],
  );
  if (rows[0] === undefined) throw new ShopError(404, "there is no such picture");
  return rows[0].webp;
}

const short = z.string().max(200).catch("");
export const SearchQuery = z.object({
  q: short.transform((text) => text.replaceAll("\0", "").trim()),
  category: short,
  tag: short,
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

export interface Count {
  readonly name: string;
  readonly count: number;
}

export interface Found {
  readonly items: readonly Item[];
  readonly total: number;
  /** Each as if it alone were not filtered by: what else there is to choose. */
  readonly categories: readonly Count[];
  readonly tags: readonly Count[];
}

/**
 * $1 words, $2 category, $3 tag; empty ones choose everything. Words are as in a web search.
 * Each query has to name all three: hence `is not null` where one is not filtered by.
 */
const WORDS = "state = 'shown' and ($1 = '' or search @@ websearch_to_tsquery('english', $1))";
const CATEGORY = "($2 = '' or category = $2)";
const TAG = "($3 = '' or tags ? $3)";

/** What shoppers find, best matches first, or the newest. */
export async function searchItems(
  db: Database,
  { q, category, tag, page }: SearchQuery,
): Promise<Found> {
  const filters = [q, category, tag].map((text) => text.replaceAll("\0", ""));
  const [items, total, categories, tags] = await Promise.all([
    db.query<Item>(
      `select ${COLUMNS} from items where ${WORDS} and ${CATEGORY} and ${TAG}
       order by case when $1 = '' then 0 else ts_rank(search, websearch_to_tsquery('english', $1)) end desc,
         created_at desc, id
       limit ${PAGE_ITEMS} offset $4`,
      [...filters, (page - 1) * PAGE_ITEMS],
    ),
    db.query<{ count: number }>(
      `select count(*)::int from items where ${WORDS} and ${CATEGORY} and ${TAG}`,
      filters,
    ),
    db.query<Count>(
      `select category as name, count(*)::int from items
       where ${WORDS} and ${TAG} and category is not null and $2::text is not null
       group by category order by 2 desc, 1`,
      filters,
    ),
    db.query<Count>(
      `select tag as name, count(*)::int from items, jsonb_object_keys(tags) tag
       where ${WORDS} and ${CATEGORY} and $3::text is not null
       group by tag order by 2 desc, 1 limit 40`,
      filters,
    ),
  ]);
  const count = total.rows[0]?.count ?? 0;
  return { items: items.rows, total: count, categories: categories.rows, tags: tags.rows };
}

/** Doubtful items, the least sure first. */
export async function reviewQueue(
  db: Database,
): Promise<{ items: readonly Item[]; total: number }> {
  const { rows } = await db.query<Item & { total: number }>(
    `select ${COLUMNS}, count(*) over ()::int as total from items where state in ('review', 'unreadable')
     order by confidence nulls first, created_at, id limit ${PAGE_ITEMS}`,
  );
  return { items: rows, total: rows[0]?.total ?? 0 };
}
