import { AppError, DatasetDetails, type IdxFiles } from "@sweepyard/contract";
import type { NewDataset } from "@sweepyard/db";
import type { IdxSummary } from "@sweepyard/engine";

type FileName = keyof IdxFiles;
export const FILES = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;

type Facts = Pick<NewDataset, "inputShape" | "trainRows" | "testRows" | "classCounts" | "details">;

/**
 * Checks that four IDX files belong together.
 * @throws {AppError} `data_invalid`, naming the file, the rule and what the others would need.
 */
export function checkDataset(
  files: Record<FileName, IdxSummary>,
  classNames: readonly string[],
): Facts {
  const inputShape = files.trainImages.shape.slice(1);
  const testShape = files.testImages.shape.slice(1);
  checkImages("trainImages", files.trainImages);
  checkImages("testImages", files.testImages);
  if (String(testShape) !== String(inputShape))
    throw invalid(
      "testImages",
      "same_shape",
      `has images of shape [${testShape}], trainImages of [${inputShape}]: they must agree`,
    );
  const trainRows = files.trainImages.shape[0] ?? 0;
  const testRows = files.testImages.shape[0] ?? 0;
  checkLabels("trainLabels", files.trainLabels, trainRows, classNames.length);
  checkLabels("testLabels", files.testLabels, testRows, classNames.length);
  const countsOf = ({ valueCounts }: IdxSummary) => valueCounts.slice(0, classNames.length);
  const pixels = files.trainImages.valueCounts;
  const occurs = (count: number) => count > 0;
  const details = DatasetDetails.parse({
    testClassCounts: countsOf(files.testLabels),
    valueRange: [pixels.findIndex(occurs), pixels.findLastIndex(occurs)],
  });
  return { inputShape, trainRows, testRows, classCounts: countsOf(files.trainLabels), details };
}

function checkImages(name: FileName, { shape }: IdxSummary): void {
  if (shape.length < 2 || shape.some((axis) => axis === 0))
    throw invalid(
      name,
      "image_shape",
      `has shape [${shape}]: the first axis counts the images, the others are an image's`,
    );
}

function checkLabels(name: FileName, labels: IdxSummary, rows: number, classes: number): void {
  if (labels.shape.length !== 1 || labels.shape[0] !== rows)
    throw invalid(name, "row_count", `has shape [${labels.shape}]; ${rows} images need [${rows}]`);
  const highest = labels.valueCounts.findLastIndex((count) => count > 0);
  if (highest >= classes)
    throw invalid(
      name,
      "label_range",
      `has the label ${highest}; with ${classes} class names the highest is ${classes - 1}`,
    );
}

const invalid = (path: FileName, rule: string, message: string): AppError =>
  new AppError("data_invalid", `${path} ${message}`, { errors: [{ path, rule, message }] });
