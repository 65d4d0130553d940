import type {
  EngineId,
  EpochMetrics,
  Loss,
  Optimizer,
  RunEnding,
  TrainPlan,
} from "@sweepyard/contract";
import type { Dataset } from "./dataset.js";
import type { ModelDescription } from "./model/describeModel.js";
import type { Tensors } from "./tensor.js";

export type TrainEvent =
  | {
      readonly kind: "epoch";
      /** Finished epochs, counted from 1. */
      readonly epoch: number;
      /**
       * Means over the epoch's rows, in nats for cross-entropies. Each training batch is measured
       * before its update, as Keras does; val_ figures after the last one, absent where nothing
       * validates. The learning rate is that of the last update.
       */
      readonly metrics: EpochMetrics;
      /** Of this epoch, its validation included. */
      readonly seconds: number;
      /** Of this epoch's training, its validation left out. */
      readonly samplesPerSecond: number;
      /** The best so far by the callback that chooses the trained model's weights, if one does. */
      readonly isBest: boolean;
      /** No other follows: a callback ends the run, or its epochs are used up. */
      readonly isLast: boolean;
      /**
       * Everything to go on from here; call it before asking for the next event. Runs of one plan
       * come to the same numbers: with an `owner` each has bytes of its own all the same.
       */
      checkpoint(owner?: string): Uint8Array;
    }
  | {
      readonly kind: "trained";
      readonly ending: RunEnding;
      /** Those of the best epoch if a callback chooses it, else their moving average, else the last. */
      readonly weights: Tensors;
    }
  /** The loss is no longer finite: a result, not an exception. `epoch` is the one that was going on. */
  | { readonly kind: "diverged"; readonly epoch: number };

export interface TrainJob {
  readonly plan: TrainPlan;
  readonly dataset: Dataset;
  /** CPU threads of the matrix products. The same seed and threads give the same bits. */
  readonly threads: number;
  /** A checkpoint of this plan, from `checkpoint()`: training goes on after its epoch. */
  readonly resume?: Uint8Array;
  /**
   * `resume` is of another plan, with a model of the same shapes and the same optimizer: its
   * weights and momenta are taken, and what callbacks remember is not.
   */
  readonly adopts?: boolean;
  /** Weights to start from in place of the seed's. */
  readonly initialWeights?: Tensors;
}

export interface Engine extends StepEngine {
  /**
   * Yields one "epoch" per epoch, then exactly one "trained" or "diverged".
   * Returns to the event loop about every 100 ms.
   * @throws `signal.reason` soon after `signal` aborts.
   * @throws {AppError} `shape_mismatch` if the model does not fit the data,
   *   `data_invalid` if the rows or the checkpoint do not.
   */
  train(job: TrainJob, signal: AbortSignal): AsyncIterable<TrainEvent>;
}

/** What an engine brings; `createEngine` puts the training loop around it. */
export interface StepEngine {
  readonly id: EngineId;
  /** What it computes on, such as `cpu`. */
  readonly device: string;
  /** @throws {AppError} `invalid_request` for what it cannot train. */
  openSession(setup: SessionSetup): Promise<StepSession>;
}

export interface SessionSetup {
  readonly model: ModelDescription;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly dataset: Dataset;
  /** What each training row counts in the training loss; absent: 1. */
  readonly rowWeights?: Float32Array;
  /** Of dropout masks and noise. */
  readonly seed: number;
  readonly threads: number;
  readonly weights: Tensors;
  /** As `slots()` gave them; absent: as they are at the start. */
  readonly slots?: ReadonlyMap<string, Tensors>;
  /** Updates already made. */
  readonly iterations?: number;
}

/** Some updates: `order.length / batchSize` of them. */
export interface TrainBatches {
  /** Row numbers of the training split, batch after batch, each of `batchSize`. */
  readonly order: Int32Array;
  readonly batchSize: number;
  /** The learning rate of each update. */
  readonly rates: Float64Array;
  /**
   * Rows made by augmentation in place of the data set's: `order` numbers these then. `rows` says
   * which row of the data set each was, whose target and weight still hold where `targets`
   * [rows, outputs] or `sampleWeight` [rows] are absent. A chunk of `Augmenter` is one.
   */
  readonly augmented?: {
    readonly rows: Int32Array;
    readonly x: Uint8Array | Float32Array;
    readonly targets?: Float32Array | undefined;
    readonly sampleWeight?: Float32Array | undefined;
  };
}

/** Sums over one batch. */
export interface BatchMetrics {
  readonly rows: number;
  /** The batch's loss as Keras reports it, penalties included, times its rows. */
  readonly lossSum: number;
  /**
   * Sums over the rows, by the names of `TASK_METRICS` in contract. `accuracy`: of rows whose
   * highest output is their label's, or of the share of a row's outputs on the right side of 0.5.
   */
  readonly metricSums: Readonly<Record<string, number>>;
}

/** The slot that holds the moving average of the weights, where the optimizer keeps one. */
export const MOVING_AVERAGE = "moving_average";

/** One training seen step by step: what the training loop moves on, and tests look into. */
export interface StepSession {
  /** Updates made so far. */
  readonly iterations: number;
  /**
   * Makes one update per batch; how many there are in a call changes no number. Metrics are those
   * before each batch's update.
   */
  train(batches: TrainBatches): Promise<BatchMetrics[]>;
  /**
   * Measures rows of the training split as one batch in inference mode, without weights of rows or
   * classes, and without an update.
   */
  evaluate(rows: Int32Array): Promise<BatchMetrics>;
  /** A copy, the statistics of normalisation included. */
  weights(): Tensors;
  /** A copy of the optimizer's state by slot, in the engine's own scale: exact to go on from. */
  slots(): ReadonlyMap<string, Tensors>;
  /** The same under Keras' names and in its scale. */
  kerasSlots(): ReadonlyMap<string, Tensors>;
  /** Frees what the run holds; the session cannot be used afterwards. */
  release(): Promise<void>;
}
