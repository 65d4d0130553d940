import type { Db } from "./connect.js";
import { unreferencedFiles } from "./unreferencedFiles.js";

/**
 * How old a file must be before nobody needing it means that nobody will: longer than any upload
 * or any write that waits for the database.
 */
const MIN_AGE_MS = 3_600_000;

/** Deletes stored files that no artifact names: what dead attempts and deleted runs left behind. */
export async function collectFiles(db: Db, minAgeMs = MIN_AGE_MS): Promise<number> {
  let deleted = 0;
  for await (const files of db.artifacts.writtenBefore(new Date(Date.now() - minAgeMs)))
    for (const sha256 of await unreferencedFiles(db, files)) {
      await db.artifacts.remove(sha256);
      deleted += 1;
    }
  return deleted;
}

/**
 * Deletes a checkpoint that the run's next one has replaced, unless it is also the run's best, or a
 * population's other member goes on from it. A run writes one each epoch: to wait an hour would
 * fill the disk. Nobody else may be about to name the file: a checkpoint's bytes are to tell whose
 * it is, so that a run of the same plan has files of its own.
 */
export async function dropReplacedCheckpoint(db: Db, sha256: string): Promise<void> {
  for (const unneeded of await unreferencedFiles(db, [sha256])) await db.artifacts.remove(unneeded);
}
