import { createReadStream, createWriteStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "@sweepyard/contract";
import { pack } from "tar-stream";

/**
 * Packs a folder's files into a tar archive, in the order of their names, so that the same folder
 * gives the same data set. A link to a file is packed as that file.
 * @throws {AppError} `invalid_request` if the folder holds no files.
 */
export async function packFolder(folder: string, archive: string): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const tar = pack();
  const written = pipeline(tar, createWriteStream(archive));
  let files = 0;
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join("/");
    const found = await stat(path).catch((error: Error) => {
      throw new AppError("invalid_request", `${path} can't be read: ${error.message}`);
    });
    if (!found.isFile()) continue;
    await pipeline(createReadStream(path), tar.entry({ name, size: found.size }));
    files += 1;
  }
  tar.finalize();
  await written;
  if (files === 0) throw new AppError("invalid_request", `${folder} holds no files`);
}
