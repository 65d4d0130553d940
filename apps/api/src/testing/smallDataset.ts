import type { UploadDataset } from "@sweepyard/client";

export const CLASS_NAMES = ["left", "right", "top"];
export const SIDE = 6;

/** IDX of unsigned bytes: the shape, then the values. */
export function idx(shape: readonly number[], values: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt32BE(0x0800 + shape.length);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return Uint8Array.from(Buffer.concat([head, values]));
}

/**
 * Pictures whose left, right or top half is light, inside a dark frame as a photograph's ground
 * would be: a network learns them soon.
 */
export function rows(count: number): { images: Uint8Array; labels: Uint8Array } {
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, row) => row % CLASS_NAMES.length);
  for (const [row, label] of labels.entries())
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const framed = x > 0 && x < SIDE - 1 && y > 0 && y < SIDE - 1;
        const light = framed && (label === 0 ? x < 3 : label === 1 ? x >= 3 : y < 3);
        images[(row * SIDE + y) * SIDE + x] = (light ? 200 : 20) + ((row * 7 + x * 3 + y) % 40);
      }
  return { images, labels };
}

export const blob = (bytes: Uint8Array<ArrayBuffer>): Blob => new Blob([bytes]);

export interface SmallFiles {
  readonly trainImages: Uint8Array<ArrayBuffer>;
  readonly trainLabels: Uint8Array<ArrayBuffer>;
  readonly testImages: Uint8Array<ArrayBuffer>;
  readonly testLabels: Uint8Array<ArrayBuffer>;
}

export function smallFiles(): SmallFiles {
  const train = rows(60);
  const test = rows(12);
  return {
    trainImages: idx([60, SIDE, SIDE], train.images),
    trainLabels: idx([60], train.labels),
    testImages: idx([12, SIDE, SIDE], test.images),
    testLabels: idx([12], test.labels),
  };
}

/** The data set as the client uploads it, with some files replaced. */
export function smallUpload(changes: Partial<SmallFiles> = {}, name = "halves"): UploadDataset {
  const files = { ...smallFiles(), ...changes };
  return {
    name,
    description: "halves of a square",
    classNames: CLASS_NAMES,
    trainImages: blob(files.trainImages),
    trainLabels: blob(files.trainLabels),
    testImages: blob(files.testImages),
    testLabels: blob(files.testLabels),
  };
}
