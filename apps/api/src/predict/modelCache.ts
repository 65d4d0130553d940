import { readFile } from "node:fs/promises";
import { AppError } from "@sweepyard/contract";
import { type LoadedModel, loadModel } from "@sweepyard/engine";
import { microBatched } from "./microBatcher.js";

interface Entry {
  readonly model: Promise<LoadedModel>;
  /** Of the file; 0 until it is read. */
  bytes: number;
  users: number;
  evicted: boolean;
}

/** Sizes are those of the files; in memory a model takes about twice that. */
const CAPACITY_BYTES = 512 * 1024 * 1024;

/** Keeps the models used last ready in memory, by the SHA-256 of their file. */
export class ModelCache {
  readonly #capacityBytes: number;
  /** The one used longest ago comes first. */
  readonly #entries = new Map<string, Entry>();

  constructor(capacityBytes = CAPACITY_BYTES) {
    this.#capacityBytes = capacityBytes;
  }

  /**
   * Loads the model from `path` if need be, and lends it to `work`; it is freed only after that.
   * Predictions that come together share a call.
   * @throws {AppError} `not_found` if the file is gone.
   */
  async use<T>(sha256: string, path: string, work: (model: LoadedModel) => Promise<T>): Promise<T> {
    const entry = this.#take(sha256, path);
    entry.users++;
    try {
      return await work(await entry.model);
    } finally {
      entry.users--;
      release(entry);
    }
  }

  /** Frees each model once nobody uses it any more. */
  close(): void {
    for (const sha256 of [...this.#entries.keys()]) this.#evict(sha256);
  }

  #take(sha256: string, path: string): Entry {
    const entry = this.#entries.get(sha256) ?? this.#load(sha256, path);
    this.#entries.delete(sha256);
    this.#entries.set(sha256, entry);
    return entry;
  }

  #load(sha256: string, path: string): Entry {
    const read = readModelFile(path);
    const entry: Entry = {
      model: read.then((bytes) => loadModel(bytes)).then(batched),
      bytes: 0,
      users: 0,
      evicted: false,
    };
    read.then(
      ({ length }) => {
        entry.bytes = length;
        this.#makeRoom();
      },
      () => {}, // told by the model
    );
    entry.model.catch(() => {
      // So that the next use tries again.
      if (this.#entries.get(sha256) === entry) this.#entries.delete(sha256);
    });
    return entry;
  }

  /** The model used last stays, however large it is. */
  #makeRoom(): void {
    let total = [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [sha256, { bytes }] of [...this.#entries].slice(0, -1)) {
      if (total <= this.#capacityBytes) return;
      total -= bytes;
      this.#evict(sha256);
    }
  }

  #evict(sha256: string): void {
    const entry = this.#entries.get(sha256);
    this.#entries.delete(sha256);
    if (entry === undefined) return;
    entry.evicted = true;
    release(entry);
  }
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new AppError("not_found", "the version's file was deleted from the artifact store", {
      cause,
    });
  }
}

function batched(model: LoadedModel): LoadedModel {
  const rowSize = model.inputShape.reduce((size, axis) => size * axis, 1);
  return { ...model, predict: microBatched((inputs) => model.predict(inputs), rowSize) };
}

function release(entry: Entry): void {
  if (!entry.evicted || entry.users > 0) return;
  entry.model.then((model) => model.release()).catch(() => {}); // it never loaded: nothing to free
}
