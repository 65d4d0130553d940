import { AppError, type DatasetFiles } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import { type Dataset, readIdxDataset } from "@sweepyard/engine";

interface DatasetSource {
  readonly files: DatasetFiles;
  readonly classNames: readonly string[];
}

/** Keeps the last data set in memory: the runs of a sweep all train on one. */
export class WarmDataset {
  readonly #store: ArtifactStore;
  #key = "";
  #dataset: Dataset | undefined;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** @throws {AppError} `not_found` for a missing file, `data_invalid` for a broken one. */
  async load({ files, classNames }: DatasetSource): Promise<Dataset> {
    const { trainImages, trainLabels, testImages, testLabels } = files;
    const key = JSON.stringify([files, classNames]);
    if (this.#dataset !== undefined && this.#key === key) return this.#dataset;
    for (const { sha256 } of Object.values(files))
      if (!(await this.#store.has(sha256)))
        throw new AppError(
          "not_found",
          `${this.#store.dir} lacks file ${sha256} of the data set: ` +
            "API and workers must share one ARTIFACTS_DIR",
        );
    this.#dataset = undefined; // the old one's memory goes before the new one's is taken
    const dataset = await readIdxDataset(
      {
        trainImages: this.#store.path(trainImages.sha256),
        trainLabels: this.#store.path(trainLabels.sha256),
        testImages: this.#store.path(testImages.sha256),
        testLabels: this.#store.path(testLabels.sha256),
      },
      classNames,
    );
    this.#dataset = dataset;
    this.#key = key;
    return dataset;
  }
}
