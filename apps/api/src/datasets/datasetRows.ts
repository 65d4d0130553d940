import { open, readFile } from "node:fs/promises";
import type { DatasetFiles, DatasetView, StoredFile } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db";
import { decodeNpy, readIdx } from "@sweepyard/engine";

type Numbers = Uint8Array | Int32Array | Float32Array | Float64Array;

/** Training rows of a stored data set, read one by one: the whole of it may be gigabytes. */
export class DatasetRows {
  readonly view: DatasetView;
  readonly #files: DatasetFiles;
  readonly #store: ArtifactStore;

  constructor(view: DatasetView, files: DatasetFiles, store: ArtifactStore) {
    this.view = view;
    this.#files = files;
    this.#store = store;
  }

  /** Class ids [rows], or targets [rows, outputs]. */
  async targets(): Promise<Numbers> {
    if ("trainLabels" in this.#files)
      return (await readIdx(this.#path(this.#files.trainLabels))).data;
    return decodeNpy(await readFile(this.#path(this.#files.trainY)), "train y").data;
  }

  /** Inputs of the rows, one after another, row-major. @param rows numbers of training rows. */
  async inputs(rows: readonly number[]): Promise<Numbers> {
    const { inputShape, trainRows } = this.view;
    const file = "trainImages" in this.#files ? this.#files.trainImages : this.#files.trainX;
    const isFloat = "trainX" in this.#files && file.bytes >= trainRows * size(inputShape) * 4;
    const rowBytes = size(inputShape) * (isFloat ? 4 : 1);
    const start = file.bytes - trainRows * rowBytes; // the numbers are the file's end
    const bytes = new Uint8Array(rows.length * rowBytes);
    const handle = await open(this.#path(file));
    try {
      for (const [at, row] of rows.entries())
        await handle.read(bytes, at * rowBytes, rowBytes, start + row * rowBytes);
    } finally {
      await handle.close();
    }
    return isFloat ? new Float32Array(bytes.buffer) : bytes;
  }

  #path(file: StoredFile): string {
    return this.#store.path(file.sha256);
  }
}

const size = (shape: readonly number[]): number =>
  shape.reduce((product, axis) => product * axis, 1);
