import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensors } from "../tensor.js";

/** An HDF5 file with a float32 data set at each path; the groups on the way are made. */
export async function writeHdf5(tensors: Tensors): Promise<Uint8Array> {
  const { default: hdf5 } = await import("h5wasm/node"); // 4 MB of WebAssembly, for this alone
  await hdf5.ready;
  const path = join(tmpdir(), `sweepyard-${randomUUID()}.h5`);
  const file = new hdf5.File(path, "w");
  try {
    const groups = new Set<string>();
    for (const [name, { shape, data }] of tensors) {
      const parts = name.split("/");
      for (let depth = 1; depth < parts.length; depth++) {
        const group = parts.slice(0, depth).join("/");
        if (groups.has(group)) continue;
        file.create_group(group);
        groups.add(group);
      }
      file.create_dataset({ name, data, shape: [...shape], dtype: "<f4" });
    }
    file.close();
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}
