import { createReadStream, createWriteStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "@sweepyard/contract";
import { pack } from "tar-stream";

/**
 * Packs a folder's files into a tar archive, in the order of their names, so that the same folder
 * gives the same data set. Links are left out.
 * @throws {AppError} `invalid_request` if the folder holds no files.
 */
export async function packFolder(folder: string, archive: string): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (paths.length === 0) throw new AppError("invalid_request", `${folder} holds no files`);
  const tar = pack();
  const written = pipeline(tar, createWriteStream(archive));
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join("/");
    const entry = tar.entry({ name, size: (await stat(path)).size });
    await pipeline(createReadStream(path), entry);
  }
  tar.finalize();
  await written;
}
