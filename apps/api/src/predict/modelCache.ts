import { readFile } from "node:fs/promises";
import { type LoadedModel, loadModel } from "@sweepyard/engine";

interface Entry {
  readonly model: Promise<LoadedModel>;
  users: number;
  evicted: boolean;
}

/** Keeps the models used last ready in memory, by the SHA-256 of their file. */
export class ModelCache {
  readonly #capacity: number;
  /** The one used longest ago comes first. */
  readonly #entries = new Map<string, Entry>();

  constructor(capacity = 8) {
    this.#capacity = capacity;
  }

  /** Loads the model from `path` if need be, and lends it to `work`. */
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
    const entry = this.#entries.get(sha256) ?? {
      model: readFile(path).then((bytes) => loadModel(bytes)),
      users: 0,
      evicted: false,
    };
    this.#entries.delete(sha256);
    this.#entries.set(sha256, entry);
    entry.model.catch(() => this.#entries.delete(sha256)); // so that the next use tries again
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break;
      this.#evict(oldest);
    }
    return entry;
  }

  #evict(sha256: string): void {
    const entry = this.#entries.get(sha256);
    this.#entries.delete(sha256);
    if (entry === undefined) return;
    entry.evicted = true;
    release(entry);
  }
}

function release(entry: Entry): void {
  if (!entry.evicted || entry.users > 0) return;
  entry.model.then((model) => model.release()).catch(() => {}); // it never loaded: nothing to free
}
