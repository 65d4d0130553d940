import { AppError } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import { type Dataset, type DatasetSource, readStoredDataset } from "@sweepyard/engine";

/** Keeps the last data set in memory: the runs of a sweep all train on one. */
export class WarmDataset {
  readonly #store: ArtifactStore;
  #key = "";
  #dataset: Dataset | undefined;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** @throws {AppError} `not_found` for a missing file, `data_invalid` for a broken one. */
  async load(source: DatasetSource): Promise<Dataset> {
    const { files } = source;
    const key = JSON.stringify(source);
    if (this.#dataset !== undefined && this.#key === key) return this.#dataset;
    for (const { sha256 } of Object.values(files))
      if (!(await this.#store.has(sha256)))
        throw new AppError(
          "not_found",
          `${this.#store.dir} lacks file ${sha256} of the data set: ` +
            "API and workers must share one ARTIFACTS_DIR",
        );
    this.#dataset = undefined; // the old one's memory goes before the new one's is taken
    const dataset = await readStoredDataset(source, ({ sha256 }) => this.#store.path(sha256));
    this.#dataset = dataset;
    this.#key = key;
    return dataset;
  }
}
