import { stat } from "node:fs/promises";
import { AppError, type StoredFile } from "@sweepyard/contract";
import type { ArtifactStore } from "../artifactStore.js";

/** A sentence names this many files; the rest are counted. */
const NAMED = 5;

/** SHA-256 of files that could not be copied. */
export interface Uncopied {
  readonly missing: string[];
  /** Their bytes are not those of their name. */
  readonly damaged: string[];
}

/**
 * Copies files from one store to another unless they are there with all their bytes, and checks
 * each one's hash on the way.
 */
export async function copyFiles(
  from: ArtifactStore,
  to: ArtifactStore,
  files: readonly StoredFile[],
  onProgress: (what: string) => void,
): Promise<Uncopied> {
  const uncopied: Uncopied = { missing: [], damaged: [] };
  for (const [index, { sha256, bytes }] of files.entries()) {
    if (index % 100 === 0) onProgress(`file ${index + 1} of ${files.length}`);
    if ((await sizeOf(to.path(sha256))) === bytes) continue;
    if ((await sizeOf(from.path(sha256))) === null) uncopied.missing.push(sha256);
    else {
      const copied = await to.put(await from.open(sha256));
      if (copied.sha256 === sha256) continue;
      uncopied.damaged.push(sha256);
      await to.remove(copied.sha256);
    }
  }
  return uncopied;
}

/** @throws {AppError} `conflict` naming files that are damaged, else `not_found` those missing. */
export function requireAll({ missing, damaged }: Uncopied, dir: string): void {
  const list = (names: string[]) =>
    `${names.slice(0, NAMED).join(", ")}${names.length > NAMED ? ` and ${names.length - NAMED} others` : ""}`;
  if (damaged.length > 0)
    throw new AppError("conflict", `files in ${dir} are damaged: ${list(damaged)}`);
  if (missing.length > 0)
    throw new AppError("not_found", `files are missing in ${dir}: ${list(missing)}`);
}

async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null;
}
