import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Request } from "express";
import { type Database, inTransaction } from "./database.js";
import { addItem, NewItem } from "./items.js";
import { readForm } from "./readForm.js";
import { readPicture } from "./readPicture.js";
import { readZip } from "./readZip.js";
import type { Settings } from "./settings.js";
import { ShopError } from "./shopError.js";
import { addTaggings, type LeftOut } from "./taggings.js";

const MB = 1e6;

/** One item with its photo. @throws {ShopError} saying what is missing or wrong. */
export async function receiveItem(
  req: Request,
  db: Database,
  { SHOP_MAX_PHOTO_MB }: Settings,
): Promise<{ readonly id: string; readonly webp: Buffer }> {
  let photo = Buffer.alloc(0);
  const fields = await readForm(req, {
    file: "photo",
    maxBytes: SHOP_MAX_PHOTO_MB * MB,
    onFile: async (bytes) => {
      photo = await buffer(bytes);
    },
  });
  const item = parseItem(Object.fromEntries(fields));
  const webp = await readPicture(photo);
  return { id: await addItem(db, item, webp), webp };
}

/**
 * An archive's photos, each an item. What can't be read is left out, and the tagging lists it.
 * All of them come in, or none where the archive breaks off.
 * @throws {ShopError} for the form, the archive as a whole, or no picture in it.
 */
export async function receiveArchive(
  req: Request,
  db: Database,
  { SHOP_MAX_ARCHIVE_MB, SHOP_MAX_PHOTO_MB }: Settings,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "shop-archive-"));
  const path = join(dir, "archive.zip");
  try {
    const fields = await readForm(req, {
      file: "archive",
      maxBytes: SHOP_MAX_ARCHIVE_MB * MB,
      onFile: (bytes) => pipeline(bytes, createWriteStream(path)),
    });
    const { seller } = parseItem({ ...Object.fromEntries(fields), title: "of an archive" });
    await inTransaction(db, async (client) => {
      const ids: string[] = [];
      const leftOut: LeftOut[] = [];
      for await (const { name, read } of readZip(path)) {
        try {
          const webp = await readPicture(await read(SHOP_MAX_PHOTO_MB * MB));
          ids.push(await addItem(client, { title: titleOf(name), description: "", seller }, webp));
        } catch (error) {
          if (!(error instanceof ShopError)) throw error;
          leftOut.push({ name, why: error.message });
        }
      }
      if (ids.length === 0) throw new ShopError(422, noneOf(leftOut));
      await addTaggings(client, ids, leftOut);
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function parseItem(fields: Record<string, string>): NewItem {
  const parsed = NewItem.safeParse(fields);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `the ${path.join(".")} ${message}`);
  throw new ShopError(422, wrong.join("; "));
}

/** `summer/red_shoe-2.jpg` is "red shoe 2". */
const titleOf = (name: string): string =>
  basename(name.replaceAll("\\", "/"), extname(name)).replace(/[_-]+/g, " ").trim().slice(0, 120) ||
  "Untitled";

const noneOf = ([first]: readonly LeftOut[]): string =>
  first === undefined
    ? "the archive is empty"
    : `no file of the archive is a photo, such as ${first.name}: ${first.why}`;
