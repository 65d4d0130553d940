import { AppError } from "@sweepyard/contract";
import sharp from "sharp";
import type { DatasetRows } from "./datasetRows.js";
import { previewDataset } from "./previewDataset.js";

/** Longest side of an image in a sprite. */
const MAX_TILE = 96;

/** The images of a preview as one PNG, a line for each of its lines; pixels that are not bytes are stretched to 0..255. */
export async function drawSprite(rows: DatasetRows): Promise<Buffer> {
  const preview = await previewDataset(rows);
  if (preview.kind !== "images")
    throw new AppError("not_found", `data set "${rows.view.name}" has rows of numbers, no images`);
  const { lines, columns, tile } = preview;
  const { width, height } = tile;
  const channels = rows.view.inputShape[2] === 3 ? 3 : 1;
  const size = width * height * channels;
  const sheet = new Uint8Array(lines.length * columns * size);
  const toByte = byteScale(rows.view.details.valueRange);
  for (const [line, { rows: numbers }] of lines.entries()) {
    const inputs = await rows.inputs(numbers);
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
