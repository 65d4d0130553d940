import type { Client } from "@sweepyard/client";

export const DATASET = "stripes";
const SIDE = 8;
const CLASSES = ["first", "second", "third", "fourth"];

/** Uploads small labelled images, the same each time: every class brightens pixels of its own. */
export async function uploadSmallDataset(client: Client): Promise<void> {
  let state = 12_345;
  const nextUnit = () => {
    state = (state * 48_271) % 2_147_483_647; // Park & Miller's minimal standard generator
    return state / 2_147_483_647;
  };
  const split = (rows: number) => {
    const labels = Uint8Array.from({ length: rows }, () => Math.floor(nextUnit() * CLASSES.length));
    const images = Uint8Array.from({ length: rows * SIDE * SIDE }, (_, at) => {
      const isOwn = at % CLASSES.length === labels[Math.floor(at / (SIDE * SIDE))];
      return Math.floor(nextUnit() * 160) + (isOwn ? 90 : 0);
    });
    return {
      images: new Blob([idxHeader([rows, SIDE, SIDE]), images]),
      labels: new Blob([idxHeader([rows]), labels]),
    };
  };
  const [train, test] = [split(1_000), split(200)];
  await client.datasets.create({
    name: DATASET,
    classNames: CLASSES,
    trainImages: train.images,
    trainLabels: train.labels,
    testImages: test.images,
    testLabels: test.labels,
  });
}

/** IDX: two zero bytes, 8 for unsigned bytes, the number of axes, then each axis big-endian. */
function idxHeader(shape: readonly number[]): ArrayBuffer {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  for (const [axis, size] of shape.entries()) header.setUint32(4 + 4 * axis, size);
  return header.buffer;
}
