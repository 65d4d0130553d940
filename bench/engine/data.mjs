import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILES = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
};
const DEBIAN = "/usr/share/datasets/fashion-mnist";

/** Paths of the four files: real ones, or noise in a folder of its own. */
export async function dataFolder(chosen) {
  const folder = chosen ?? (existsSync(DEBIAN) ? DEBIAN : undefined);
  if (folder !== undefined) {
    const files = Object.entries(FILES).map(([key, file]) => [key, join(folder, file)]);
    return { name: "Fashion-MNIST", files: Object.fromEntries(files), remove: async () => {} };
  }
  const noise = await mkdtemp(join(tmpdir(), "sweepyard-bench-"));
  const files = {};
  for (const [key, file] of Object.entries(FILES)) {
    const rows = key.startsWith("train") ? 60_000 : 10_000;
    const shape = key.endsWith("Images") ? [rows, 28, 28] : [rows];
    files[key] = join(noise, file.replace(".gz", ""));
    await writeFile(files[key], noiseIdx(shape));
  }
  return { name: "noise", files, remove: () => rm(noise, { recursive: true }) };
}

/** Half of the pixels are 0, as in the real images; labels are 0..9. */
function noiseIdx(shape) {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const bytes = Buffer.alloc(4 + shape.length * 4 + size);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((axis, index) => {
    bytes.writeUInt32BE(axis, 4 + index * 4);
  });
  let state = 1;
  for (let i = 4 + shape.length * 4; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = shape.length === 1 ? (state >>> 8) % 10 : Math.max(0, (state >>> 23) - 256);
  }
  return bytes;
}
