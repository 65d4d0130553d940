import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { extract, type Header } from "tar-stream";
import { type Entry, getFileNameLowLevel, open as openZipFile, type ZipFile } from "yauzl";
import { invalidPart, tooLarge } from "./invalidPart.js";

/** More files than this in one archive are refused. */
const MAX_ENTRIES = 500_000;

export interface ArchiveEntry {
  /** As the archive has it: no path to write to. */
  readonly name: string;
  /** Its whole content. @throws where the archive is damaged there. */
  read(): Promise<Buffer>;
}

/** Counts what archives inflate to, all of an upload together. */
export class Budget {
  #left: number;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
    this.#maxBytes = maxBytes;
  }

  /** @throws {AppError} `payload_too_large` when it is used up. */
  take(bytes: number, part: string): void {
    this.#left -= bytes;
    if (this.#left < 0) throw tooLarge(part, "inflates to", this.#maxBytes);
  }
}

/**
 * The files in a zip or tar archive, in its order, one at a time; nothing is written anywhere, so
 * names may be what they like. Folders are passed over; links, devices and what is encrypted come
 * too, so that nobody misses them, and say what they are when they are read.
 * @param part how errors call the archive.
 * @throws {AppError} `data_invalid` if it is none or damaged as a whole, `payload_too_large`.
 */
export async function* readArchive(
  path: string,
  part: string,
  budget: Budget,
): AsyncGenerator<ArchiveEntry> {
  const head = Buffer.alloc(512);
  const file = await open(path);
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const isZip = head.toString("latin1", 0, 2) === "PK";
  const isTar = head.toString("latin1", 257, 262) === "ustar";
  if (!isZip && !isTar)
    throw invalidPart(part, "archive", "is neither a zip nor a tar archive (tar may be in gzip)");
  let entries = 0;
  for await (const entry of isZip
    ? zipEntries(path, part, budget)
    : tarEntries(path, part, budget)) {
    if (++entries > MAX_ENTRIES)
      throw invalidPart(part, "too_many_files", `has more than ${MAX_ENTRIES} files`);
    yield entry;
  }
}

async function* zipEntries(
  path: string,
  part: string,
  budget: Budget,
): AsyncGenerator<ArchiveEntry> {
  const zip = await openZip(path).catch((error: Error) => {
    throw invalidPart(part, "archive", `is no whole zip archive: ${error.message}`);
  });
  try {
    for (let entry = await nextEntry(zip, part); entry; entry = await nextEntry(zip, part)) {
      const name = zipName(entry);
      const found = entry;
      if (name.endsWith("/")) continue;
      yield {
        name,
        read: async () => {
          requireReadable(found);
          return readAll(await openEntry(zip, found), part, budget);
        },
      };
    }
  } finally {
    zip.close();
  }
}

/** yauzl checks names when it decodes them, and ends the whole archive for a bad one. */
const zipName = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);

const IS_ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;
const LINK = "is a link, not a file: pack what it leads to";

function requireReadable(entry: Entry): void {
  const { generalPurposeBitFlag, compressionMethod, externalFileAttributes } = entry;
  if ((generalPurposeBitFlag & IS_ENCRYPTED) !== 0)
    throw new Error("is encrypted: pack it without a password");
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED)
    throw new Error(`is packed by zip's method ${compressionMethod}: take deflate`);
  const unixType = (externalFileAttributes >>> 16) & 0o170000;
  if (unixType === 0o120000) throw new Error(LINK);
}

const openZip = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const options = { lazyEntries: true, decodeStrings: false, autoClose: false };
    openZipFile(path, options, (error, zip) => (error === null ? resolve(zip) : reject(error)));
  });

function nextEntry(zip: ZipFile, part: string): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeAllListeners();
      act();
    };
    zip.once("entry", (entry: Entry) => settle(() => resolve(entry)));
    zip.once("end", () => settle(() => resolve(undefined)));
    zip.once("error", (error: Error) =>
      settle(() =>
        reject(invalidPart(part, "archive", `is a damaged zip archive: ${error.message}`)),
      ),
    );
    zip.readEntry();
  });
}

const openEntry = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) =>
      error === null ? resolve(stream) : reject(error),
    );
  });

async function* tarEntries(
  path: string,
  part: string,
  budget: Budget,
): AsyncGenerator<ArchiveEntry> {
  const input = createReadStream(path);
  const archive = extract();
  input.on("error", (error) => archive.destroy(error));
  input.pipe(archive);
  try {
    for await (const entry of archive) {
      let isRead = false;
      const read = () => {
        isRead = true;
        return readAll(entry as AsyncIterable<Buffer>, part, budget);
      };
      const { name, type } = entry.header;
      if (type === "file") yield { name, read };
      else if (type !== "directory") yield { name, read: async () => refuseType(type) };
      if (!isRead) entry.resume();
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name === "AppError") throw error;
    throw invalidPart(part, "archive", `is a damaged tar archive: ${error.message}`);
  } finally {
    input.destroy();
    archive.destroy();
  }
}

function refuseType(type: Header["type"]): never {
  throw new Error(type === "link" || type === "symlink" ? LINK : `is a ${type}, not a file`);
}

async function readAll(
  stream: AsyncIterable<Buffer>,
  part: string,
  budget: Budget,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    budget.take(chunk.length, part);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
