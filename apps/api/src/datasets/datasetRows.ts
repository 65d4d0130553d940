import { open, readFile } from "node:fs/promises";
import type { DatasetFiles, DatasetView, StoredFile } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db";
import { decodeNpy, readIdx } from "@sweepyard/engine";

type Numbers = Uint8Array | Int32Array | Float32Array | Float64Array;

export type RowSplit = "train" | "test";

/** Rows of a stored data set, read one by one: the whole of it may be gigabytes. */
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
  async targets(split: RowSplit = "train"): Promise<Numbers> {
    const files = this.#files;
    if ("trainLabels" in files)
      return (await readIdx(this.#path(split === "train" ? files.trainLabels : files.testLabels)))
        .data;
    const file = split === "train" ? files.trainY : files.testY;
    return decodeNpy(await readFile(this.#path(file)), `${split} y`).data;
  }

  /** Inputs of the rows, one after another, row-major. @param rows their numbers in the split */
  async inputs(rows: readonly number[], split: RowSplit = "train"): Promise<Numbers> {
    const { inputShape } = this.view;
    const count = split === "train" ? this.view.trainRows : this.view.testRows;
    const file = this.#inputFile(split);
    const isFloat = "trainX" in this.#files && file.bytes >= count * size(inputShape) * 4;
    const rowBytes = size(inputShape) * (isFloat ? 4 : 1);
    const start = file.bytes - count * rowBytes; // the numbers are the file's end
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

  #inputFile(split: RowSplit): StoredFile {
    const files = this.#files;
    if ("trainImages" in files) return split === "train" ? files.trainImages : files.testImages;
    return split === "train" ? files.trainX : files.testX;
  }

  #path(file: StoredFile): string {
    return this.#store.path(file.sha256);
  }
}

const size = (shape: readonly number[]): number =>
  shape.reduce((product, axis) => product * axis, 1);
