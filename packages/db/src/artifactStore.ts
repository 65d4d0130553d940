import { createHash, randomUUID } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { AppError, type StoredFile } from "@sweepyard/contract";

export interface PutOptions {
  /** A longer file is refused with `payload_too_large`. */
  readonly maxBytes?: number;
}

export type Bytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Files named by their SHA-256, so the same bytes are kept once and a name never changes meaning.
 * A file appears whole or not at all: it is written beside its place, synced, then renamed.
 * Any number of processes may share the folder. Needs no database.
 */
export class ArtifactStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * Stores bytes, or all that a stream gives.
   * @throws {AppError} `payload_too_large` past maxBytes, `storage_full` when the disk is;
   *   whatever the stream throws. Nothing is left behind in any of these cases.
   */
  async put(
    bytes: Bytes,
    { maxBytes = Number.POSITIVE_INFINITY }: PutOptions = {},
  ): Promise<StoredFile> {
    // It may fail before it is read; the loop that reads it rejects then, too.
    if (bytes instanceof Readable) bytes.on("error", () => {});
    const partial = join(this.dir, "partial", randomUUID());
    try {
      await mkdir(dirname(partial), { recursive: true });
      const stored = await writeHashed(partial, bytes, maxBytes);
      const final = this.path(stored.sha256);
      await mkdir(dirname(final), { recursive: true });
      await rename(partial, final);
      await syncFolder(dirname(final));
      return stored;
    } catch (error) {
      await rm(partial, { force: true });
      throw explainStorage(error, this.dir);
    }
  }

  /** Where the file with this SHA-256 lies, if it is stored. */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new AppError("invalid_request", `"${sha256}" is no SHA-256 in hex`);
    return join(this.dir, sha256.slice(0, 2), sha256);
  }

  /** @throws {AppError} `not_found` if no such file is stored. */
  async open(sha256: string): Promise<ReadStream> {
    const path = this.path(sha256);
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return createReadStream(path);
    throw new AppError("not_found", `the artifact store has no file ${sha256}: was it deleted?`);
  }

  /** Deletes a file; one that is not there is no error. Ask `unreferencedFiles` first. */
  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /**
   * Files last written before `time`, folder by folder. What an interrupted `put` left behind is
   * deleted on the way.
   */
  async *writtenBefore(time: Date): AsyncGenerator<string[]> {
    for (const folder of await readdir(this.dir).catch(() => [])) {
      const old: string[] = [];
      for (const name of await readdir(join(this.dir, folder)).catch(() => [])) {
        const path = join(this.dir, folder, name);
        const found = await stat(path).catch(() => null);
        if (!found?.isFile() || found.mtime >= time) continue;
        if (folder === "partial") await rm(path, { force: true });
        else if (/^[0-9a-f]{64}$/.test(name)) old.push(name);
      }
      if (old.length > 0) yield old;
    }
  }

  async has(sha256: string): Promise<boolean> {
    const found = await stat(this.path(sha256)).catch(() => null);
    return found?.isFile() ?? false;
  }
}

async function writeHashed(path: string, bytes: Bytes, maxBytes: number): Promise<StoredFile> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  let written = 0;
  try {
    for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
      written += chunk.byteLength;
      if (written > maxBytes)
        throw new AppError("payload_too_large", `the file is longer than ${maxBytes} bytes`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), bytes: written };
}

/** Makes a new name in a folder durable. Windows cannot open folders; there it is left to the system. */
export async function syncFolder(path: string) {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `storage_full` where the disk of `dir` is; else the error as it came. */
export function explainStorage(error: unknown, dir: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new AppError("storage_full", `no space is left for files in ${dir}: free some and retry`, {
    cause: error,
  });
}
