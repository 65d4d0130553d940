import { readFile } from "node:fs/promises";
import { AppError } from "@sweepyard/contract";
import { type LoadedModel, loadModel } from "@sweepyard/engine";
import { microBatched } from "./microBatcher.js";

interface Entry {
  readonly model: Promise<LoadedModel>;
  isReady: boolean;
  /** Of the file; 0 until it is read. */
  bytes: number;
  users: number;
  evicted: boolean;
}

/** Keeps the models used last ready in memory, by the SHA-256 of their file. */
export class ModelCache {
  readonly #capacityBytes: number;
  /** The one used longest ago comes first. */
  readonly #entries = new Map<string, Entry>();

  /** @param capacityBytes of the models' files; in memory a model takes about twice that. */
  constructor(capacityBytes: number) {
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

  /** Loads a model before it is asked. @throws {AppError} as `use`. */
  async load(sha256: string, path: string): Promise<void> {
    await this.use(sha256, path, async () => {});
  }

  /** Whether it answers without being loaded first. */
  isReady(sha256: string): boolean {
    return this.#entries.get(sha256)?.isReady ?? false;
  }

  /** Of the files of the models that are loaded. */
  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether another model fits without one going. */
  get hasRoom(): boolean {
    return this.bytes < this.#capacityBytes;
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
      isReady: false,
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
    entry.model.then(
      () => {
        entry.isReady = true;
      },
      () => {
        // So that the next use tries again.
        if (this.#entries.get(sha256) === entry) this.#entries.delete(sha256);
      },
    );
    return entry;
  }

  /** The model used last stays, however large it is. */
  #makeRoom(): void {
    let total = this.bytes;
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
