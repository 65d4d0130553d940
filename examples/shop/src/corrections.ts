import type { Client } from "@sweepyard/client";
import { classNames } from "./classes.js";
import { type Database, inTransaction } from "./database.js";
import { encodeNpy } from "./encodeNpy.js";
import type { Settings } from "./settings.js";
import { ShopError } from "./shopError.js";
import { tagsOfCategory } from "./tagsOf.js";

/** A person says what an item is; no later tagging changes it. @throws {ShopError} 404, 422 */
export async function correctItem(
  db: Database,
  itemId: string,
  category: string,
  settings: Settings,
): Promise<void> {
  if (!(await classNames(db)).includes(category))
    throw new ShopError(422, "choose one of the model's categories");
  await inTransaction(db, async (client) => {
    const { rows } = await client.query<{ category: string | null }>(
      "select category from items where id = $1 for update",
      [itemId],
    );
    if (rows[0] === undefined) throw new ShopError(404, "there is no such item");
    await client.query(
      `insert into corrections (item_id, predicted, category) values ($1, $2, $3)
       on conflict (item_id) do update set category = excluded.category, dataset_version = null, corrected_at = now()`,
      [itemId, rows[0].category, category],
    );
    await client.query(
      `update items set category = $2, confidence = null, state = 'shown', why = null, tags = $3 where id = $1`,
      [itemId, category, JSON.stringify(tagsOfCategory(category, settings))],
    );
  });
}

/** How many corrections there are, and how many of them no data set has yet. */
export async function countCorrections(db: Database): Promise<{ all: number; fresh: number }> {
  const { rows } = await db.query<{ all: number; fresh: number }>(
    `select count(*)::int as all, count(*) filter (where dataset_version is null)::int as fresh from corrections`,
  );
  return rows[0] ?? { all: 0, fresh: 0 };
}

interface Row {
  readonly id: string;
  readonly category: string;
  readonly webp: Buffer;
}

/** A version of which a class has one picture could not be both trained on and tested. */
const LEAST_OF_CLASS = 2;

/**
 * Makes all that people said the next version of a data set in Sweepyard: the very pixels that the
 * model was given, and its classes in its order, so that what is trained on it takes its place.
 * @throws {ShopError} 422 where there is too little of it yet.
 */
export async function makeCorrectionsDataset(
  db: Database,
  client: Client,
  { SHOP_MODEL, SHOP_DATASET }: Settings,
): Promise<{ name: string; version: number; rows: number }> {
  const names = await classNames(db);
  const { rows } = await db.query<Row>(
    `select id, category, webp from (
       select item_id as id, category, count(*) over (partition by category) as of_class from corrections
     ) corrected join pictures on item_id = id where of_class >= $1 order by id`,
    [LEAST_OF_CLASS],
  );
  const known = rows.filter(({ category }) => names.includes(category));
  if (new Set(known.map(({ category }) => category)).size < 2)
    throw new ShopError(
      422,
      "a data set needs corrections of two categories, two items of each at least",
    );
  const x: Buffer[] = [];
  let shape: readonly number[] = [];
  for (const { webp } of known) {
    const blob = new Blob([Uint8Array.from(webp)], { type: "image/webp" });
    const query = { top_k: 1, pixels: true };
    const { pixels } = await client.models.predictImage(SHOP_MODEL, blob, query);
    if (pixels === undefined)
      throw new ShopError(502, "Sweepyard does not tell the model's pixels");
    x.push(Buffer.from(pixels.values.map(Math.round)));
    shape = pixels.shape;
  }
  const y = Buffer.from(Int32Array.from(known, ({ category }) => names.indexOf(category)).buffer);
  const { name, version } = await client.datasets.create({
    name: SHOP_DATASET,
    description: "What people said of the shop's doubtful items",
    options: { format: "npy", task: "classification", class_names: [...names] },
    files: {
      trainX: new Blob([encodeNpy("|u1", [known.length, ...shape], Buffer.concat(x))]),
      trainY: new Blob([encodeNpy("<i4", [known.length], y)]),
    },
  });
  await db.query(
    `update corrections set dataset_version = $1
     from unnest($2::uuid[], $3::text[]) sent (id, said) where item_id = sent.id and category = said`,
    [version, known.map(({ id }) => id), known.map(({ category }) => category)],
  );
  return { name, version, rows: known.length };
}
