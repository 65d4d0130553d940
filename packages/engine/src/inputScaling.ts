import type { Preprocessing } from "@sweepyard/contract";
import type { Dataset, Rows } from "./dataset.js";
import { sizeOf } from "./tensor.js";

/**
 * What the inputs go through before the model: `x · scale + offset`, by the last axis: a channel of
 * an image [height, width, channels], a column of features. A length of 1 stands for all.
 */
export interface InputScaling {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/**
 * The scaling that a plan's preprocessing comes to; undefined where inputs are taken as they are.
 * Statistics of `standardize` are those of `trainRows` alone, in double precision: the mean and the
 * population's standard deviation, as scikit-learn's StandardScaler has them. What never varies
 * is only moved to 0. NaN in a column makes that column NaN.
 */
export function inputScaling(
  dataset: Dataset,
  preprocessing: Preprocessing,
  trainRows: Int32Array,
): InputScaling | undefined {
  switch (preprocessing) {
    case "none":
      return undefined;
    case "rescale":
      return dataset.train.x instanceof Uint8Array
        ? { scale: Float32Array.of(1 / 255), offset: Float32Array.of(0) }
        : undefined;
    case "standardize":
      return standardized(dataset, trainRows);
  }
}

function standardized({ inputShape, train }: Dataset, trainRows: Int32Array): InputScaling {
  const size = sizeOf(inputShape);
  const parts = scaledParts(inputShape);
  const count = (trainRows.length * size) / parts;
  const sums = (of: (value: number, part: number) => number): Float64Array => {
    const totals = new Float64Array(parts);
    for (const row of trainRows)
      for (let i = 0; i < size; i++) {
        const part = i % parts;
        totals[part] = (totals[part] as number) + of(train.x[row * size + i] as number, part);
      }
    return totals;
  };
  const means = sums((value) => value).map((sum) => sum / count);
  const deviations = sums((value, part) => (value - (means[part] as number)) ** 2).map((sum) =>
    sum === 0 ? 1 : Math.sqrt(sum / count),
  );
  return {
    scale: Float32Array.from(deviations, (deviation) => 1 / deviation),
    offset: Float32Array.from(means, (mean, part) => -mean / (deviations[part] as number)),
  };
}

/** Features are scaled one by one, images by channel; [height, width] has one. */
const scaledParts = (inputShape: readonly number[]): number =>
  inputShape.length === 2 ? 1 : (inputShape.at(-1) ?? 1);

/** x · scale + offset, in float32. @param x whole rows or pixels, the last axis fastest. */
export function scaleInputs(
  x: Uint8Array | Float32Array,
  { scale, offset }: InputScaling,
): Float32Array {
  const parts = scale.length;
  return Float32Array.from(
    x,
    (value, at) => value * (scale[at % parts] as number) + (offset[at % parts] as number),
  );
}

/**
 * The data set as the model is to see it. Engines rescale uint8 themselves and take float32 as it
 * is, so pixels under `rescale` stay bytes and everything else becomes float32.
 */
export function preprocessDataset(
  dataset: Dataset,
  preprocessing: Preprocessing,
  scaling: InputScaling | undefined,
): Dataset {
  if (preprocessing === "rescale") return dataset;
  const scaled = (rows: Rows): Rows => ({
    ...rows,
    x: scaling === undefined ? Float32Array.from(rows.x) : scaleInputs(rows.x, scaling),
  });
  return { ...dataset, train: scaled(dataset.train), test: scaled(dataset.test) };
}

/**
 * What an exported model has to do to its inputs so that it sees what the trained one saw: pixels
 * come divided by 255, other numbers as they are. Undefined: nothing.
 */
export function modelScaling(
  dataset: Dataset,
  preprocessing: Preprocessing,
  trainRows: Int32Array,
): InputScaling | undefined {
  if (preprocessing === "rescale") return undefined;
  const scaling = inputScaling(dataset, preprocessing, trainRows);
  if (!(dataset.train.x instanceof Uint8Array)) return scaling;
  const { scale, offset } = scaling ?? { scale: Float32Array.of(1), offset: Float32Array.of(0) };
  return { scale: scale.map((factor) => factor * 255), offset };
}
