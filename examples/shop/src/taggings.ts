import type { BatchResult } from "@sweepyard/contract";
import type pg from "pg";
import { rememberClasses } from "./classes.js";
import { type Database, inTransaction } from "./database.js";
import type { Settings } from "./settings.js";
import { ShopError } from "./shopError.js";
import { requireClasses, type Tagged, tagsOf } from "./tagsOf.js";

export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** A batch of Sweepyard as the shop sees it. */
export interface Tagging {
  readonly id: number;
  readonly name: string;
  readonly state: "waiting" | "running" | "completed" | "failed";
  readonly why: string | null;
  readonly batchId: string | null;
  /** Its results before this index are applied. */
  readonly applied: number;
  readonly items: number;
  readonly leftOut: readonly LeftOut[];
  readonly createdAt: Date;
}

const SELECT = `select t.id::int, t.name, t.state, t.why, t.batch_id as "batchId", t.next_index as applied,
  (select count(*)::int from tagging_items where tagging_id = t.id) as items,
  t.left_out as "leftOut", t.created_at as "createdAt" from taggings t`;
/** Pictures of one batch: what is sent at once, some tens of megabytes at most. */
export const TAGGING_ITEMS = 200;

export async function listTaggings(db: Database): Promise<readonly Tagging[]> {
  return (await db.query<Tagging>(`${SELECT} order by t.id desc limit 50`)).rows;
}

export async function openTaggings(db: Database): Promise<readonly Tagging[]> {
  const open = `${SELECT} where t.state in ('waiting', 'running') order by t.id`;
  return (await db.query<Tagging>(open)).rows;
}

/** Has items tagged, later, by as many batches as they need. */
export async function addTaggings(
  client: pg.ClientBase | Database,
  itemIds: readonly string[],
  leftOut: readonly LeftOut[] = [],
): Promise<void> {
  for (let at = 0; at < itemIds.length; at += TAGGING_ITEMS)
    await client.query(
      `with tagging as (insert into taggings (left_out) values ($2) returning id)
       insert into tagging_items (tagging_id, item_id) select tagging.id, item from tagging, unnest($1::uuid[]) item`,
      [itemIds.slice(at, at + TAGGING_ITEMS), JSON.stringify(at === 0 ? leftOut : [])],
    );
}

/** Tags everything anew, for a model that is better than the last. @throws {ShopError} 409, 422 */
export async function tagCatalogue(db: Database): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query("lock table taggings in share row exclusive mode"); // two clicks are one
    const { rowCount } = await client.query(
      "select 1 from taggings where state in ('waiting', 'running') limit 1",
    );
    if (rowCount !== 0) throw new ShopError(409, "items are being tagged: wait until that is done");
    const { rows } = await client.query<{ id: string }>(
      `select id from items where not exists (select 1 from corrections where item_id = id)
       order by created_at, id`,
    );
    if (rows.length === 0) throw new ShopError(422, "there is nothing to tag yet");
    await addTaggings(
      client,
      rows.map(({ id }) => id),
    );
  });
}

/** Items whose shop ended between storing them and having them tagged. Called before it serves. */
export async function adoptOrphans(db: Database): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id from items where state = 'waiting'
       and not exists (select 1 from tagging_items where item_id = id) order by created_at, id`,
    );
    await addTaggings(
      client,
      rows.map(({ id }) => id),
    );
  });
}

/** What of a failed tagging is not done is asked for again. @throws {ShopError} 409 */
export async function retryTagging(db: Database, id: number): Promise<void> {
  const { rowCount } = await db.query(
    `update taggings set state = 'waiting', why = null, ended_at = null, batch_id = null, next_index = 0,
     name = gen_random_uuid() where id = $1 and state = 'failed'`,
    [id],
  );
  if (rowCount === 0) throw new ShopError(409, "only a tagging that failed is tried again");
}

export async function endTagging(
  db: Database,
  { id, batchId }: Pick<Tagging, "id" | "batchId">,
  end: { readonly state: "completed" | "failed"; readonly why: string | null },
): Promise<void> {
  await db.query(
    `update taggings set state = $3, why = $4, ended_at = now()
     where id = $1 and batch_id is not distinct from $2 and state in ('waiting', 'running')`,
    [id, batchId, end.state, end.why],
  );
}

/**
 * Applies a piece of a batch's results. Whoever comes second, by a webhook beside the poll or after
 * a crash, waits for the row and finds them applied; a crash half-way undoes all of the piece.
 */
export async function applyResults(
  db: Database,
  { id, batchId }: Pick<Tagging, "id" | "batchId">,
  results: readonly BatchResult[],
  settings: Settings,
): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rows } = await client.query<{ next: number }>(
      "select next_index as next from taggings where id = $1 and batch_id = $2 for update",
      [id, batchId],
    );
    const next = rows[0]?.next ?? Number.POSITIVE_INFINITY; // asked for anew meanwhile
    const fresh = results.filter(({ index }) => index >= next);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const first = fresh.find(({ predictions }) => predictions !== undefined);
    if (first?.predictions !== undefined)
      await rememberClasses(client, requireClasses(first.predictions));
    for (const result of fresh) await applyOne(client, id, result, settings);
    await client.query("update taggings set next_index = $2 where id = $1", [id, last.index + 1]);
  });
}

async function applyOne(
  client: pg.ClientBase,
  taggingId: number,
  { item, predictions, error }: BatchResult,
  settings: Settings,
): Promise<void> {
  const tagged =
    predictions === undefined ? unreadable : tagsOf(requireClasses(predictions), settings);
  const { category, confidence, tags, state } = tagged;
  await client.query(
    `update items set category = $3, confidence = $4, tags = $5, state = $6, why = $7, tagging_id = $2
     where id = $1 and tagging_id < $2 and not exists (select 1 from corrections where item_id = $1)`,
    [item, taggingId, category, confidence, JSON.stringify(tags), state, error ?? null],
  );
}

const unreadable = { category: null, confidence: null, tags: {}, state: "unreadable" } as const;

/** One item's answer, where it was asked for alone and nothing came before. */
export async function applyPrediction(db: Database, itemId: string, tagged: Tagged): Promise<void> {
  await db.query(
    `update items set category = $2, confidence = $3, tags = $4, state = $5
     where id = $1 and state = 'waiting' and not exists (select 1 from tagging_items where item_id = $1)`,
    [itemId, tagged.category, tagged.confidence, JSON.stringify(tagged.tags), tagged.state],
  );
}
