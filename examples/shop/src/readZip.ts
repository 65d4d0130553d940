import { once } from "node:events";
import type { Readable } from "node:stream";
import { type Entry, getFileNameLowLevel, open, type ZipFile } from "yauzl";
import { ShopError } from "./shopError.js";

/** What archivers and file managers leave behind. */
const DEBRIS = /(^|[/\\])(__MACOSX[/\\]|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;
const MAX_FILES = 2_000;

export interface ZipFileEntry {
  /** As the archive has it: no path to write to. */
  readonly name: string;
  /** @throws {ShopError} if it is damaged, or unfolds to more than `maxBytes`. */
  read(maxBytes: number): Promise<Buffer>;
}

/**
 * The files of a zip, one at a time. Nothing is written anywhere, and no more is unfolded than asked.
 * @throws {ShopError} 415 if it is none, or damaged as a whole; 413 for more than 2,000 files.
 */
export async function* readZip(path: string): AsyncGenerator<ZipFileEntry> {
  const zip = await openZip(path);
  try {
    let files = 0;
    for (let entry = await next(zip); entry !== null; entry = await next(zip)) {
      const found = entry;
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      if (name.endsWith("/") || DEBRIS.test(name)) continue;
      if (++files > MAX_FILES)
        throw new ShopError(413, `the archive has more than ${MAX_FILES} files: send it in parts`);
      yield {
        name: name.replaceAll("\0", ""),
        read: (maxBytes) => readEntry(zip, found, maxBytes),
      };
    }
  } finally {
    zip.close();
  }
}

const broken = () => new ShopError(415, "the archive is no zip, or it is damaged");

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const options = { lazyEntries: true, decodeStrings: false, autoClose: false };
    open(path, options, (error, zip) => (error === null ? resolve(zip) : reject(broken())));
  });

async function next(zip: ZipFile): Promise<Entry | null> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const found = Promise.race([
      once(zip, "entry", { signal }).then(([entry]) => entry as Entry),
      once(zip, "end", { signal }).then(() => null),
    ]);
    zip.readEntry();
    return await found;
  } catch {
    throw broken();
  } finally {
    stop.abort();
  }
}

async function readEntry(zip: ZipFile, entry: Entry, maxBytes: number): Promise<Buffer> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) =>
      error === null
        ? resolve(opened)
        : reject(new ShopError(415, "is damaged, or has a password")),
    );
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new ShopError(413, `is larger than ${Math.floor(maxBytes / 1e6)} MB`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ShopError ? error : new ShopError(415, "is damaged");
  }
  return Buffer.concat(chunks);
}
