import type { DatasetFiles } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";

export const CLASS_NAMES = ["ring", "cross", "bar", "dot"];
const SIDE = 8;

/**
 * Small labelled images, the same each time: every class brightens pixels of its own above noise,
 * so that a network learns them in a few epochs.
 */
export async function storeSyntheticDataset(
  store: ArtifactStore,
  { trainRows = 1_000, testRows = 200 } = {},
): Promise<DatasetFiles> {
  const nextUnit = lehmer(12_345);
  const split = (rows: number) => {
    const labels = Buffer.alloc(rows);
    const images = Buffer.alloc(rows * SIDE * SIDE);
    for (let row = 0; row < rows; row++) {
      const label = Math.floor(nextUnit() * CLASS_NAMES.length);
      labels[row] = label;
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
        const bright = pixel % CLASS_NAMES.length === label ? 90 : 0;
        images[row * SIDE * SIDE + pixel] = Math.floor(nextUnit() * 160) + bright;
      }
    }
    return {
      images: Buffer.concat([idxHeader([rows, SIDE, SIDE]), images]),
      labels: Buffer.concat([idxHeader([rows]), labels]),
    };
  };
  const train = split(trainRows);
  const test = split(testRows);
  return {
    trainImages: await store.put(train.images),
    trainLabels: await store.put(train.labels),
    testImages: await store.put(test.images),
    testLabels: await store.put(test.labels),
  };
}

/** IDX: two zero bytes, 8 for unsigned bytes, the number of axes, then each axis big-endian. */
function idxHeader(shape: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return header;
}

/** Park & Miller's minimal standard generator. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
