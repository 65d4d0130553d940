import { Worker } from "node:worker_threads";
import { AppError, type Augmentation, type TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "../dataset.js";
import type { InputScaling } from "../inputScaling.js";
import { sizeOf } from "../tensor.js";
import type { AugmentationSetup, Chunk } from "./augmentChunk.js";
import { imageShapeOf } from "./imageShapeOf.js";
import { rowTargets } from "./rowTargets.js";

/** Bytes of a chunk's rows before augmentation: some milliseconds of a thread's work. */
const CHUNK_BYTES = 1 << 20;
/** Chunks that wait beside the ones being made, so that a thread never waits for the training. */
const CHUNKS_AHEAD = 2;
const MAX_THREADS = 8;

/** Built both as src/… and as dist/…; a thread runs the latter. */
const WORKER = new URL("../../dist/augmentation/augmentWorker.js", import.meta.url);

export interface AugmenterOptions {
  /** As it is stored, not yet scaled. */
  readonly dataset: Dataset;
  readonly plan: Pick<TrainPlan, "seed" | "batch_size"> & { readonly augmentation: Augmentation };
  /** Of the model: the length of a row of targets, wanted where rows are mixed. */
  readonly outputs: number;
  /** What each training row counts in the loss; mixed with the rows. Absent: 1. */
  readonly rowWeights?: Float32Array | undefined;
  /** Absent: rows keep their type. */
  readonly scaling?: InputScaling | undefined;
  /** How many rows are made at once. */
  readonly threads: number;
}

/**
 * Makes augmented rows in threads of its own, some chunks ahead of the training. What a row becomes
 * depends on the plan's seed, the epoch and the row alone (and, where rows are mixed, on its batch),
 * so a resumed run sees what an undisturbed one would have seen.
 */
export class Augmenter {
  readonly #options: AugmenterOptions;
  readonly #mixes: boolean;
  readonly #threads: readonly Thread[];
  #next = 0;

  /** @throws {AppError} `invalid_request` naming the field that does not suit the rows. */
  constructor(options: AugmenterOptions) {
    const { dataset, plan, scaling, threads } = options;
    const { augmentation, seed, batch_size: batchSize } = plan;
    const image = imageShapeOf(dataset.inputShape, augmentation);
    const setup: AugmentationSetup = { augmentation, seed, batchSize, image, scaling };
    this.#options = options;
    this.#mixes = augmentation.mixup !== undefined || augmentation.cutmix !== undefined;
    const count = Math.max(1, Math.min(threads, MAX_THREADS));
    this.#threads = Array.from({ length: count }, () => new Thread(setup));
  }

  /**
   * An epoch's batches in their order, a few whole batches at a time. Leaving the loop early drops
   * what was made ahead.
   * @param order row numbers of the training split; the last batch may be short.
   */
  async *epoch(epoch: number, order: Int32Array): AsyncGenerator<Chunk, void, undefined> {
    const { batch_size: batchSize } = this.#options.plan;
    const rowBytes = this.#rowSize * this.#options.dataset.train.x.BYTES_PER_ELEMENT;
    const batches = Math.max(1, Math.round(CHUNK_BYTES / (rowBytes * batchSize)));
    const pending: Promise<Chunk>[] = [];
    for (let from = 0; from < order.length || pending.length > 0; ) {
      while (from < order.length && pending.length < this.#threads.length + CHUNKS_AHEAD) {
        const rows = order.slice(from, from + batches * batchSize);
        const firstBatch = from / batchSize;
        from += rows.length; // before the thread gets the rows, buffer and all
        pending.push(this.#make(this.#gather(epoch, firstBatch, rows)));
      }
      yield (await pending.shift()) as Chunk;
    }
  }

  /** Ends the threads; chunks still to come are refused. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  get #rowSize(): number {
    return sizeOf(this.#options.dataset.inputShape);
  }

  #gather(epoch: number, firstBatch: number, rows: Int32Array): Chunk {
    const { dataset, outputs, rowWeights } = this.#options;
    const { x } = dataset.train;
    const size = this.#rowSize;
    const gathered =
      x instanceof Uint8Array
        ? new Uint8Array(rows.length * size)
        : new Float32Array(rows.length * size);
    for (const [at, row] of rows.entries())
      gathered.set(x.subarray(row * size, (row + 1) * size), at * size);
    return {
      epoch,
      firstBatch,
      rows,
      x: gathered,
      targets: this.#mixes ? rowTargets(dataset.train, rows, outputs) : undefined,
      sampleWeight: rowWeights && Float32Array.from(rows, (row) => rowWeights[row] as number),
    };
  }

  #make(chunk: Chunk): Promise<Chunk> {
    const thread = this.#threads[this.#next++ % this.#threads.length] as Thread;
    const made = thread.make(chunk);
    made.catch(() => {}); // whoever asks for the chunk hears of it; one that nobody wants may fail
    return made;
  }
}

/** One thread; its chunks come back in the order in which they were given. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting: { resolve(chunk: Chunk): void; reject(error: unknown): void }[] = [];
  #failure: unknown;

  constructor(setup: AugmentationSetup) {
    this.#worker = new Worker(WORKER, { workerData: setup, execArgv: [] });
    this.#worker.unref(); // only a chunk that is waited for keeps the program going
    this.#worker.on("message", (chunk: Chunk) => {
      this.#waiting.shift()?.resolve(chunk);
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () =>
      this.#fail(new AppError("internal", "the augmentation's thread has ended")),
    );
  }

  make(chunk: Chunk): Promise<Chunk> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const arrays = [chunk.x, chunk.targets, chunk.sampleWeight, chunk.rows];
      const buffers = arrays.flatMap((array) => (array === undefined ? [] : [array.buffer]));
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(chunk, buffers as ArrayBuffer[]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
