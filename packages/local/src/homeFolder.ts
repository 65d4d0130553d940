import { resolve } from "node:path";

/** The checkout's root: this file is packages/local/{src,dist}/homeFolder. */
export const REPOSITORY_ROOT = resolve(import.meta.dirname, "..", "..", "..");

/** Where all state of the embedded default lives: SWEEPYARD_HOME, else `.sweepyard/` at the root. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.SWEEPYARD_HOME || resolve(REPOSITORY_ROOT, ".sweepyard"));
}
