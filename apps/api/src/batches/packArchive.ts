import { AppError, type StoredFile } from "@sweepyard/contract";
import { ArtifactStore, type PackedItem } from "@sweepyard/db";
import { Budget, readArchive } from "../datasets/convert/readArchive.js";

export interface PackJob {
  /** The archive, not in gzip any more. */
  readonly path: string;
  /** The artifact store's folder. */
  readonly storeDir: string;
  readonly maxBytes: number;
}

export interface PackedPictures {
  readonly file: StoredFile;
  readonly items: readonly PackedItem[];
}

/** What archivers and file managers leave behind. */
const DEBRIS = /(^|[/\\])(__MACOSX[/\\]|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;
const MAX_NAME = 512;

/**
 * Stores an archive's files one after the other in one file, so that a worker reads any of them
 * without unpacking. Whether they are pictures shows when they are read.
 * @throws {AppError} `data_invalid` for a broken or empty archive, or a path that comes twice;
 *   `payload_too_large`, `storage_full`.
 */
export async function packArchive({ path, storeDir, maxBytes }: PackJob): Promise<PackedPictures> {
  const items: PackedItem[] = [];
  const names = new Set<string>();
  const contents = async function* () {
    let start = 0;
    for await (const { name, read } of readArchive(path, "archive", new Budget(maxBytes))) {
      if (DEBRIS.test(name)) continue;
      requireName(name, names);
      const bytes = await readable(read);
      items.push([name, start, bytes.length]);
      start += bytes.length;
      yield bytes;
    }
  };
  const file = await new ArtifactStore(storeDir).put(contents());
  if (items.length === 0) throw invalid("empty", "has no files");
  return { file, items };
}

/** A file that is damaged is empty: as an item it fails, and no other does. */
async function readable(read: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code === "payload_too_large") throw error;
    return Buffer.alloc(0);
  }
}

function requireName(name: string, names: Set<string>): void {
  if (name.length > MAX_NAME)
    throw invalid("name_length", `has a path of more than ${MAX_NAME} characters: ${name}`);
  // Postgres' jsonb holds no such character.
  if (name.includes("\0")) throw invalid("name", "has a path with a zero byte in it");
  if (names.has(name)) throw invalid("duplicate", `has "${name}" twice: results go by the path`);
  names.add(name);
}

const invalid = (rule: string, message: string): AppError =>
  new AppError("data_invalid", `the archive ${message}`, {
    errors: [{ path: "archive", rule, message }],
  });
