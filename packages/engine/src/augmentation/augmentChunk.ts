import type { Augmentation } from "@sweepyard/contract";
import { type InputScaling, scaleInputs } from "../inputScaling.js";
import { augmentImage } from "./augmentImage.js";
import { mixBatch } from "./mixBatch.js";
import type { ImageShape } from "./warpImage.js";

/** What is the same for every chunk of a run. */
export interface AugmentationSetup {
  readonly augmentation: Augmentation;
  readonly seed: number;
  readonly batchSize: number;
  /** Absent: rows of features, which can only be mixed. */
  readonly image?: ImageShape | undefined;
  /** Applied last; absent: rows keep their type, and bytes are rounded to whole ones. */
  readonly scaling?: InputScaling | undefined;
}

/** Whole batches of one epoch, in its order; all arrays are row-major. */
export interface Chunk {
  readonly epoch: number;
  /** Number in the epoch of the first batch. */
  readonly firstBatch: number;
  /** Row numbers of the data set. */
  readonly rows: Int32Array;
  /** [rows, size]: the data set's own. */
  readonly x: Uint8Array | Float32Array;
  /** [rows, outputs]; absent where nothing is mixed. */
  readonly targets?: Float32Array | undefined;
  /** Absent: 1 each. */
  readonly sampleWeight?: Float32Array | undefined;
}

/** The rows that train in place of the chunk's own; targets and weights are mixed in place. */
export function augmentChunk(chunk: Chunk, setup: AugmentationSetup): Chunk {
  const { augmentation, seed, image, scaling } = setup;
  const { epoch, rows, x } = chunk;
  if (image === undefined) {
    mixBatches(chunk, setup);
    return scaling === undefined ? chunk : { ...chunk, x: scaleInputs(x, scaling) };
  }
  const size = x.length / rows.length;
  const row32 = new Float32Array(size);
  const output = x instanceof Uint8Array && scaling !== undefined ? new Float32Array(x.length) : x;
  const isBytes = output instanceof Uint8Array;
  for (const [at, row] of rows.entries()) {
    const from = at * size;
    const own = x.subarray(from, from + size);
    augmentImage(own, row32, image, augmentation, { seed, epoch, row });
    if (isBytes) for (let i = 0; i < size; i++) output[from + i] = toByte(row32[i] as number);
    else output.set(scaling === undefined ? row32 : scaleInputs(row32, scaling), from);
  }
  const augmented = { ...chunk, x: output };
  mixBatches(augmented, setup);
  return augmented;
}

const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

function mixBatches(chunk: Chunk, { augmentation, seed, batchSize, image }: AugmentationSetup) {
  const { epoch, firstBatch, rows, x, targets, sampleWeight } = chunk;
  if (targets === undefined) return;
  const cut = <Values extends Uint8Array | Float32Array>(
    values: Values,
    from: number,
    to: number,
  ) => values.subarray((values.length / rows.length) * from, (values.length / rows.length) * to);
  for (let from = 0, batch = firstBatch; from < rows.length; from += batchSize, batch++) {
    const to = Math.min(from + batchSize, rows.length);
    const part = {
      rows: to - from,
      x: cut(x, from, to),
      targets: cut(targets, from, to) as Float32Array,
      sampleWeight: sampleWeight && (cut(sampleWeight, from, to) as Float32Array),
    };
    mixBatch(part, augmentation, { seed, epoch, batch }, image);
  }
}
