import type { EngineId, EpochMetrics, TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "./dataset.js";
import type { Tensors } from "./tensor.js";

export type TrainEvent =
  | {
      readonly kind: "epoch";
      /** Finished epochs, counted from 1. */
      readonly epoch: number;
      /**
       * Means over the epoch's rows, in nats for losses. Each training batch is measured before its
       * update, as Keras does; val_ figures after the last one, absent where nothing validates.
       */
      readonly metrics: EpochMetrics;
      /** Of this epoch, its validation included. */
      readonly seconds: number;
      /** Of this epoch's training, its validation left out. */
      readonly samplesPerSecond: number;
      /** Everything to go on from here; call it before asking for the next event. */
      checkpoint(): Uint8Array;
    }
  | { readonly kind: "trained"; readonly epochs: number; readonly weights: Tensors }
  /** The loss is no longer finite: a result, not an exception. `epoch` is the one that was going on. */
  | { readonly kind: "diverged"; readonly epoch: number };

export interface TrainJob {
  readonly plan: TrainPlan;
  readonly dataset: Dataset;
  /** CPU threads of the matrix products. The same seed and threads give the same bits. */
  readonly threads: number;
  /** A checkpoint of this plan, from `checkpoint()`: training goes on after its epoch. */
  readonly resume?: Uint8Array;
  /** Weights to start from in place of the seed's. */
  readonly initialWeights?: Tensors;
}

export interface Engine {
  readonly id: EngineId;
  /** What it computes on, such as `cpu`. */
  readonly device: string;
  /**
   * Yields one "epoch" per epoch, then exactly one "trained" or "diverged".
   * Returns to the event loop about every 100 ms.
   * @throws `signal.reason` soon after `signal` aborts.
   * @throws {AppError} `shape_mismatch` if the model does not fit the data,
   *   `data_invalid` if the rows or the checkpoint do not.
   */
  train(job: TrainJob, signal: AbortSignal): AsyncIterable<TrainEvent>;
}

/** Sums over one batch. */
export interface BatchMetrics {
  readonly nats: number;
  /** Rows whose highest output is their label's. */
  readonly correct: number;
}

/** One training seen step by step: what an engine's `train` is made of, and its tests look into. */
export interface StepSession {
  /** Updates made so far. */
  readonly iterations: number;
  /**
   * Makes one update per batch; how many there are in a call changes no number. Metrics are those
   * before each batch's update.
   * @param order row numbers of the training split, batch after batch, each of `batchSize`.
   */
  train(order: Int32Array, batchSize: number, learningRate: number): Promise<BatchMetrics[]>;
  /** Measures rows of the training split as one batch, without an update. */
  evaluate(rows: Int32Array): Promise<BatchMetrics>;
  /** A copy. */
  weights(): Tensors;
  /** The optimizer's state by slot, under Keras' names and in its scale. */
  kerasSlots(): ReadonlyMap<string, Tensors>;
}
