import { zipSync } from "fflate";

/** The same files always make the same archive. */
const NO_DATE = new Date(1980, 0, 1);

/** A zip archive, uncompressed: weights are as good as noise. */
export const zipFiles = (files: ReadonlyMap<string, Uint8Array>): Uint8Array =>
  zipSync(Object.fromEntries(files), { level: 0, mtime: NO_DATE });
