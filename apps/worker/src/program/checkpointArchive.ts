import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { StoredFile } from "@sweepyard/contract";
import { AppError } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import tar from "tar-stream";

interface FoundFile {
  /** With slashes, below the folder. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

/** The regular files below a folder, by name; links and all else are passed over. */
export async function filesBelow(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: FoundFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll(sep, "/");
    const { size, mtimeMs } = await stat(path);
    found.push({ name, path, bytes: size, changedMs: mtimeMs });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The same as long as nothing in the folder changes. */
export const fingerprint = (files: readonly FoundFile[]): string =>
  files.map(({ name, bytes, changedMs }) => `${name}\0${bytes}\0${changedMs}`).join("\n");

/**
 * Stores a folder as one archive. The same files of the same owner give the same bytes: no times
 * are kept.
 * @throws {AppError} `payload_too_large` past `maxBytes`, `conflict` if a file changed meanwhile
 */
export async function storeFolder(
  store: ArtifactStore,
  files: readonly FoundFile[],
  { owner, maxBytes }: { readonly owner: string; readonly maxBytes: number },
): Promise<StoredFile> {
  const pack = tar.pack();
  const feeding = feed(pack, files, owner).catch((error: Error) => pack.destroy(error));
  // A stream of buffers, which its types don't say.
  const bytes = pack as AsyncIterable<Uint8Array>;
  const stored = await store.put(bytes, { maxBytes });
  await feeding;
  return stored;
}

async function feed(pack: tar.Pack, files: readonly FoundFile[], owner: string): Promise<void> {
  pack.entry({ name: owner, type: "directory", mtime: new Date(0) }); // not a file: not restored
  for (const { name, path, bytes, changedMs } of files) {
    const entry = pack.entry({ name, size: bytes, mtime: new Date(0), mode: 0o600 });
    if (bytes > 0) await pipeline(createReadStream(path, { end: bytes - 1 }), entry);
    else entry.end(Buffer.alloc(0));
    const after = await stat(path);
    if (after.size !== bytes || after.mtimeMs !== changedMs)
      throw new AppError("conflict", `${name} changed while it was being stored`);
  }
  pack.finalize();
}

/** Puts the files of an archive into a folder, never outside it. */
export async function restoreFolder(archive: string, folder: string): Promise<void> {
  const root = resolve(folder);
  const extract = tar.extract();
  const reading = pipeline(createReadStream(archive), extract);
  reading.catch(() => {}); // the loop below meets the same error
  for await (const entry of extract) {
    const path = resolve(root, entry.header.name);
    if (entry.header.type !== "file" || !path.startsWith(root + sep)) {
      entry.resume();
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry, createWriteStream(path));
  }
  await reading;
}
