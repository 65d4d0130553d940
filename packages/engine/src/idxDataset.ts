import { AppError } from "@sweepyard/contract";
import type { Dataset, Rows } from "./dataset.js";
import { type IdxArray, readIdx } from "./idx.js";

/** Paths of the four files. */
export interface IdxPaths {
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly testImages: string;
  readonly testLabels: string;
}

/**
 * Reads a data set of four IDX files, gzip or raw.
 * @throws {AppError} `data_invalid`, naming the file, where one is broken or they do not fit together.
 */
export async function readIdxDataset(
  paths: IdxPaths,
  classNames: readonly string[],
): Promise<Dataset> {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    readIdx(paths.trainImages, "train images"),
    readIdx(paths.trainLabels, "train labels"),
    readIdx(paths.testImages, "test images"),
    readIdx(paths.testLabels, "test labels"),
  ]);
  const inputShape = trainImages.shape.slice(1);
  if (testImages.shape.slice(1).join() !== inputShape.join()) {
    throw new AppError(
      "data_invalid",
      `test images have shape [${testImages.shape.slice(1).join(", ")}], ` +
        `train images [${inputShape.join(", ")}]: they must agree`,
    );
  }
  return {
    inputShape,
    task: "classification",
    classNames,
    train: join("train", trainImages, trainLabels, classNames.length),
    test: join("test", testImages, testLabels, classNames.length),
  };
}

function join(split: string, images: IdxArray, labels: IdxArray, classes: number): Rows {
  const [count = 0, ...inputShape] = images.shape;
  if (count === 0 || inputShape.length === 0)
    throw new AppError("data_invalid", `${split} images have shape [${images.shape.join(", ")}]`);
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new AppError(
      "data_invalid",
      `${split} labels have shape [${labels.shape.join(", ")}]; ${count} images need [${count}]`,
    );
  }
  const row = labels.data.findIndex((label) => label >= classes);
  if (row >= 0) {
    throw new AppError(
      "data_invalid",
      `${split} labels: row ${row} has class ${labels.data[row]}; ` +
        `with ${classes} classes the highest is ${classes - 1}`,
    );
  }
  return { count, x: images.data, y: labels.data };
}
