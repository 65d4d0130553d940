import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";
import type { Plugin } from "vite";

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Below this a file fits into a packet or two however it is sent. */
const WORTH_BYTES = 1_024;

/**
 * Writes `.br` and `.gz` beside each script and stylesheet, for the API to send as they are: by
 * the densest setting they are an eighth smaller than what a server compresses while a browser
 * waits, and cost it nothing.
 */
export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async writeBundle({ dir }) {
      const assets = join(dir ?? "dist", "assets");
      for (const name of await readdir(assets)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const path = join(assets, name);
        const bytes = await readFile(path);
        if (bytes.length < WORTH_BYTES) continue;
        const params = { [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await Promise.all([
          writeFile(`${path}.br`, await compressBrotli(bytes, { params })),
          writeFile(`${path}.gz`, await compressGzip(bytes, { level: zlib.Z_BEST_COMPRESSION })),
        ]);
      }
    },
  };
}
