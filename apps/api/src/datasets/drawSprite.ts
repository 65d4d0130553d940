import { AppError } from "@sweepyard/contract";
import sharp from "sharp";
import type { DatasetRows, RowSplit } from "./datasetRows.js";
import { isImage, previewDataset } from "./previewDataset.js";

/** Longest side of an image in a sprite. */
const MAX_TILE = 96;

/** The images of a preview as one PNG, a line for each of its lines. */
export async function drawSprite(rows: DatasetRows): Promise<Buffer> {
  const preview = await previewDataset(rows);
  if (preview.kind !== "images") throw noImages(rows);
  const lines = preview.lines.map((line) => line.rows);
  return drawSheet(rows, { lines, columns: preview.columns, split: "train" });
}

/**
 * Chosen rows as one PNG, side by side.
 * @throws {AppError} `not_found` where the data are no images, or have no such row.
 */
export async function drawRows(
  rows: DatasetRows,
  numbers: readonly number[],
  split: RowSplit,
): Promise<Buffer> {
  if (!isImage(rows.view.inputShape)) throw noImages(rows);
  const count = split === "train" ? rows.view.trainRows : rows.view.testRows;
  const beyond = numbers.find((row) => row >= count);
  if (beyond !== undefined)
    throw new AppError(
      "not_found",
      `"${rows.view.name}" has ${count} ${split} rows, no row ${beyond}`,
    );
  return drawSheet(rows, { lines: [numbers], columns: numbers.length, split });
}

const noImages = (rows: DatasetRows) =>
  new AppError("not_found", `data set "${rows.view.name}" has rows of numbers, no images`);

interface Sheet {
  readonly lines: readonly (readonly number[])[];
  readonly columns: number;
  readonly split: RowSplit;
}

/** Pixels that are not bytes are stretched to 0..255. */
async function drawSheet(rows: DatasetRows, { lines, columns, split }: Sheet): Promise<Buffer> {
  const [height = 0, width = 0, depth] = rows.view.inputShape;
  const channels = depth === 3 ? 3 : 1;
  const size = width * height * channels;
  const sheet = new Uint8Array(lines.length * columns * size);
  const toByte = byteScale(rows.view.details.valueRange);
  for (const [line, numbers] of lines.entries()) {
    const inputs = await rows.inputs(numbers, split);
    for (const at of numbers.keys())
      for (let y = 0; y < height; y++)
        for (let i = 0; i < width * channels; i++) {
          const value = inputs[at * size + y * width * channels + i] as number;
          const to = ((line * height + y) * columns + at) * width * channels + i;
          sheet[to] = inputs instanceof Uint8Array ? value : toByte(value);
        }
  }
  const raw = { width: columns * width, height: lines.length * height, channels } as const;
  const scale = Math.min(1, MAX_TILE / Math.max(width, height));
  return sharp(sheet, { raw })
    .resize({ width: Math.max(columns, Math.round(raw.width * scale)) })
    .png()
    .toBuffer();
}

function byteScale(range: readonly [number, number] | null): (value: number) => number {
  const [low, high] = range ?? [0, 1];
  return (value) => (high === low ? 0 : Math.round(((value - low) / (high - low)) * 255));
}
