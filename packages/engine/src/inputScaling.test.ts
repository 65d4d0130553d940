import { expect, test } from "vitest";
import type { Dataset } from "./dataset.js";
import { inputScaling, preprocessDataset, scaleInputs } from "./inputScaling.js";

const datasetOf = (inputShape: number[], x: Uint8Array | Float32Array, count: number): Dataset => {
  const rows = { count, x, y: new Uint8Array(count) };
  return { inputShape, task: "classification", classNames: ["a", "b"], train: rows, test: rows };
};

/** Rows 0 to 2 train, row 3 validates. */
const TRAIN = Int32Array.of(0, 1, 2);
const columns = datasetOf([2], Float32Array.of(1, 5, 2, 5, 6, 5, 900, 900), 4);

test("columns are standardised by the training rows alone", () => {
  const scaling = inputScaling(columns, "standardize", TRAIN);
  // scikit-learn 1.9.1: StandardScaler().fit([[1, 5], [2, 5], [6, 5]]), mean [3, 5], scale [2.1602469, 1]
  expect(scaling?.scale[0]).toBeCloseTo(1 / 2.1602469, 6);
  expect(scaling?.offset[0]).toBeCloseTo(-3 / 2.1602469, 6);
  const { train } = preprocessDataset(columns, "standardize", scaling);
  expect(train.x[0]).toBeCloseTo(-0.9258201, 6);
  expect(train.x[2]).toBeCloseTo(-0.4629101, 6);
  expect([train.x[1], train.x[3], train.x[5]]).toEqual([0, 0, 0]); // it never varies
});

test("images are standardised by channel", () => {
  const x = Uint8Array.of(0, 10, 2, 30, 4, 50, 6, 70);
  const colour = datasetOf([1, 2, 2], x, 2);
  const scaling = inputScaling(colour, "standardize", Int32Array.of(0, 1));
  const scaled = preprocessDataset(colour, "standardize", scaling).train.x;
  for (const channel of [0, 1]) {
    const values = [...scaled].filter((_, at) => at % 2 === channel);
    expect(values.reduce((sum, value) => sum + value, 0) / 4).toBeCloseTo(0, 6);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / 4).toBeCloseTo(1, 5);
  }
  const grey = datasetOf([1, 4], x, 2);
  expect(inputScaling(grey, "standardize", Int32Array.of(0, 1))?.scale).toHaveLength(1);
});

test("pixels are rescaled to 0..1, other numbers stay", () => {
  const pixels = datasetOf([1, 2], Uint8Array.of(0, 255), 1);
  const scaling = inputScaling(pixels, "rescale", TRAIN);
  if (scaling === undefined) throw new Error("no scaling");
  expect(scaleInputs(pixels.train.x, scaling)).toEqual(Float32Array.of(0, 1));
  expect(preprocessDataset(pixels, "rescale", scaling)).toBe(pixels); // engines do it themselves
  expect(inputScaling(columns, "rescale", TRAIN)).toBeUndefined();
});

test("none leaves the numbers as they are", () => {
  const pixels = datasetOf([1, 2], Uint8Array.of(0, 255), 1);
  expect(inputScaling(pixels, "none", TRAIN)).toBeUndefined();
  expect(preprocessDataset(pixels, "none", undefined).train.x).toEqual(Float32Array.of(0, 255));
});
