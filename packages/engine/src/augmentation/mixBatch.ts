import type { Augmentation } from "@sweepyard/contract";
import { STREAM } from "../random.js";
import { drawBeta } from "./drawBeta.js";
import { Draws } from "./draws.js";
import type { ImageShape } from "./warpImage.js";

/** A batch's rows, row-major: x [rows, size], targets [rows, outputs], each row's weight in the loss. */
export interface MixableBatch {
  readonly rows: number;
  readonly x: Uint8Array | Float32Array;
  readonly targets: Float32Array;
  readonly sampleWeight?: Float32Array | undefined;
}

export type Mixing = Pick<Augmentation, "mixup" | "cutmix">;

/**
 * Mixes each row with another one of its batch, in place: one share for the whole batch, and each
 * row with the one that a shuffle puts beside it, as the programs of both papers do. Where both
 * are asked for, batches that CutMix passes over are mixed up. Targets and weights are mixed by
 * the same share. Rows of uint8 are rounded.
 * @param shape of an image; absent: rows of features, which only mixup can mix.
 * @param key of the batch: its number in the epoch, from 0.
 * @see Zhang, Cissé, Dauphin & Lopez-Paz, mixup: Beyond Empirical Risk Minimization (2018)
 * @see Yun et al., CutMix (2019), §3.1
 */
export function mixBatch(
  batch: MixableBatch,
  { mixup, cutmix }: Mixing,
  key: { readonly seed: number; readonly epoch: number; readonly batch: number },
  shape?: ImageShape,
): void {
  const { rows, x, targets, sampleWeight } = batch;
  if (rows < 2) return;
  const draws = new Draws(key.seed, STREAM.mixing, key.epoch, key.batch);
  let drawn = 0;
  const nextUnit = () => draws.unit(drawn++);
  const cuts = cutmix !== undefined && shape !== undefined && nextUnit() < cutmix.probability;
  const alpha = cuts ? cutmix.alpha : mixup?.alpha;
  if (alpha === undefined) return;
  const partner = shuffled(rows, nextUnit);
  const share = drawBeta(alpha, nextUnit);
  const kept = cuts ? pasteRectangles(x, shape, partner, share, nextUnit) : share;
  if (!cuts) blend(x, x.length / rows, partner, share);
  blend(targets, targets.length / rows, partner, kept);
  if (sampleWeight !== undefined) blend(sampleWeight, 1, partner, kept);
}

function shuffled(rows: number, nextUnit: () => number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const chosen = Math.floor(nextUnit() * (last + 1));
    const row = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = row;
  }
  return order;
}

function blend(
  values: Uint8Array | Float32Array,
  size: number,
  partner: Int32Array,
  share: number,
): void {
  const before = values.slice();
  const half = values instanceof Uint8Array ? 0.5 : 0;
  for (const [row, other] of partner.entries())
    for (let i = 0; i < size; i++)
      values[row * size + i] =
        share * (before[row * size + i] as number) +
        (1 - share) * (before[other * size + i] as number) +
        half;
}

/** One rectangle for all rows; where it sticks out of the image it is cut. Returns the share kept. */
function pasteRectangles(
  x: Uint8Array | Float32Array,
  { height, width, channels }: ImageShape,
  partner: Int32Array,
  share: number,
  nextUnit: () => number,
): number {
  const side = Math.sqrt(1 - share);
  const [left, right] = span(width, side, nextUnit());
  const [top, bottom] = span(height, side, nextUnit());
  const before = x.slice();
  const size = height * width * channels;
  for (const [row, other] of partner.entries())
    for (let line = top; line < bottom; line++) {
      const from = (line * width + left) * channels;
      const to = (line * width + right) * channels;
      x.set(before.subarray(other * size + from, other * size + to), row * size + from);
    }
  return 1 - ((right - left) * (bottom - top)) / (height * width);
}

function span(length: number, share: number, unit: number): [number, number] {
  const centre = Math.floor(unit * length);
  const half = Math.floor(length * share) / 2;
  return [Math.floor(Math.max(centre - half, 0)), Math.floor(Math.min(centre + half, length))];
}
