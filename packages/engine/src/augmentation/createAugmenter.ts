import type { TrainJob } from "../engine.js";
import type { InputScaling } from "../inputScaling.js";
import { Augmenter } from "./augmenter.js";

/** What makes a job's training rows; undefined where they train as they are. */
export function createAugmenter(
  { plan, dataset, threads }: TrainJob,
  outputs: number,
  weightOfRows: Float32Array | undefined,
  scaling: InputScaling | undefined,
): Augmenter | undefined {
  const { augmentation, data, seed, batch_size } = plan;
  if (augmentation === undefined) return undefined;
  return new Augmenter({
    dataset,
    plan: { augmentation, seed, batch_size },
    outputs,
    rowWeights: weightOfRows,
    scaling: data.preprocessing === "rescale" ? undefined : (scaling ?? UNSCALED),
    threads,
  });
}

/** Engines rescale bytes, so rows that are to stay as they are go to them as float32. */
const UNSCALED: InputScaling = { scale: Float32Array.of(1), offset: Float32Array.of(0) };
