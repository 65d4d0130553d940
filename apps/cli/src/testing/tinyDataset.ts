import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

/** 8×8 pictures on black with a light bar above or below: a network learns them in an epoch. */
const SIDE = 8;
export const CLASSES = ["above", "below"] as const;

const pixels = (label: number): number[] =>
  Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [row, column] = [Math.floor(at / SIDE), at % SIDE];
    const isBar = label === 0 ? row >= 1 && row <= 3 : row >= 4 && row <= 6;
    return isBar && column >= 1 && column <= 6 ? 220 : 0;
  });

/** The four IDX files, named as MNIST names them. */
export async function writeTinyDataset(folder: string, rows = 200): Promise<void> {
  const labels = Array.from({ length: rows }, (_, row) => row % CLASSES.length);
  const images = idx([rows, SIDE, SIDE], labels.flatMap(pixels));
  await mkdir(folder, { recursive: true });
  for (const split of ["train", "t10k"]) {
    await writeFile(join(folder, `${split}-images-idx3-ubyte`), images);
    await writeFile(join(folder, `${split}-labels-idx1-ubyte`), idx([rows], labels));
  }
}

function idx(shape: readonly number[], bytes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(bytes)]);
}

/** One picture of a class as a PNG: 8 bits of grey, no filter. */
export function tinyPng(label: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header[8] = 8;
  const flat = pixels(label);
  const rows = Array.from({ length: SIDE }, (_, row) => [
    0,
    ...flat.slice(row * SIDE, (row + 1) * SIDE),
  ]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
