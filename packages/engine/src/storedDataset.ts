import type { DatasetFiles, DatasetTask, StoredFile } from "@sweepyard/contract";
import type { Dataset } from "./dataset.js";
import { readIdxDataset } from "./idxDataset.js";
import { readNpyDataset } from "./npyDataset.js";

export interface DatasetSource {
  readonly files: DatasetFiles;
  readonly task: DatasetTask;
  readonly classNames: readonly string[];
}

/**
 * Reads a stored data set whole. @param path where a file lies.
 * @throws {AppError} `data_invalid` for a broken file.
 */
export function readStoredDataset(
  { files, task, classNames }: DatasetSource,
  path: (file: StoredFile) => string,
): Promise<Dataset> {
  if ("trainImages" in files) {
    const { trainImages, trainLabels, testImages, testLabels } = files;
    const paths = {
      trainImages: path(trainImages),
      trainLabels: path(trainLabels),
      testImages: path(testImages),
      testLabels: path(testLabels),
    };
    return readIdxDataset(paths, classNames);
  }
  const { trainX, trainY, trainWeights, testX, testY } = files;
  const paths = {
    trainX: path(trainX),
    trainY: path(trainY),
    trainWeights: trainWeights && path(trainWeights),
    testX: path(testX),
    testY: path(testY),
  };
  return readNpyDataset(paths, { task, classNames });
}
