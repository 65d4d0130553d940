import { z } from "zod";
import { BatchInput } from "./batches.js";
import { DatasetFiles, DatasetTask, StoredFile } from "./datasets.js";
import { TrainPlan } from "./plan.js";
import { Report } from "./report.js";

/** A number of any kind; of the steps that a program reports. */
const Steps = z.array(
  z.object({
    step: z.int(),
    values: z.record(
      z.string(),
      z.custom<number>((v) => typeof v === "number"),
    ),
  }),
);

/** Messages between the supervisor and a trainer process, over the fork's IPC channel. */

export const TrainerCommand = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("train"),
    runId: z.uuid(),
    attempt: z.int(),
    plan: TrainPlan,
    dataset: z.object({
      files: DatasetFiles,
      task: DatasetTask,
      classNames: z.array(z.string()),
    }),
    /** Where to go on from; absent: from the start. */
    resume: StoredFile.optional(),
    /** `resume` is another run's, whose plan differs in what a checkpoint does not hold. */
    adopts: z.boolean().optional(),
    threads: z.int().min(1),
  }),
  z.object({
    kind: z.literal("run"),
    runId: z.uuid(),
    attempt: z.int(),
    /** The program's absolute path; no shell is asked. */
    program: z.string(),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
    /** Empty, and the run's own: has `work`, `checkpoint` and `tmp` made in it. */
    folder: z.string(),
    keepsCheckpoints: z.boolean(),
    /** An archive that the checkpoint folder begins with, and its step. */
    resume: StoredFile.extend({ epoch: z.int() }).optional(),
    timeLimitMs: z.number(),
    memoryBytes: z.number().optional(),
    filesBytes: z.number(),
    stopGraceMs: z.number(),
  }),
  z.object({
    kind: z.literal("predict"),
    /** SHA-256 of the .onnx file. */
    model: z.string(),
    input: BatchInput,
    /** Rows: which. Pictures: [byte in the file, bytes] of each. */
    items: z.union([
      z.object({ first: z.int(), count: z.int() }),
      z.array(z.tuple([z.int(), z.int()])),
    ]),
    topK: z.int(),
    threads: z.int().min(1),
  }),
  /** The epoch is stored: a trainer runs a few epochs ahead of the last one stored, no more. */
  z.object({ kind: z.literal("ack"), epoch: z.int() }),
  z.object({ kind: z.literal("stop"), reason: z.string() }),
]);
export type TrainerCommand = z.infer<typeof TrainerCommand>;

/** Any double, NaN and the infinities included, which z.number() refuses. */
const Double = z.custom<number>((value) => typeof value === "number", "is not a number");

/** What an epoch measured: its task's metrics, and val_ figures where rows validate. */
export const EpochMetrics = z.object({
  loss: Double,
  accuracy: Double.optional(),
  mean_absolute_error: Double.optional(),
  mean_squared_error: Double.optional(),
  val_loss: Double.optional(),
  val_accuracy: Double.optional(),
  val_mean_absolute_error: Double.optional(),
  val_mean_squared_error: Double.optional(),
  learning_rate: Double,
});
export type EpochMetrics = z.infer<typeof EpochMetrics>;

/** How a training came to its end. */
export const RunEnding = z.object({
  /** Run, fewer than planned if a callback stopped them. */
  epochs: z.int(),
  /** Why a callback did, in words. */
  stopped: z.string().optional(),
  /** The epoch whose weights the model has, where a callback chose it; else it is the last one. */
  bestEpoch: z.int().optional(),
});
export type RunEnding = z.infer<typeof RunEnding>;

export const TrainerEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), pid: z.int() }),
  /** Sent every few seconds of a training, since an epoch may take hours. */
  z.object({ kind: z.literal("alive") }),
  z.object({
    kind: z.literal("started"),
    fromEpoch: z.int(),
    /** What the engine computes on. */
    device: z.string(),
    /** What a person may want to know of the engine; the worker says it once. */
    notice: z.string().optional(),
  }),
  z.object({
    kind: z.literal("epoch"),
    /** Finished epochs, counted from 1. */
    epoch: z.int(),
    metrics: EpochMetrics,
    seconds: z.number(),
    samplesPerSecond: z.number(),
    checkpoint: StoredFile,
    /** The best so far by the callback that chooses the model's weights. */
    isBest: z.boolean().default(false),
    /** No other follows: a callback ends the run, or its epochs are used up. */
    isLast: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal("trained"),
    ending: RunEnding,
    report: Report,
    weights: StoredFile,
    model: StoredFile,
  }),
  z.object({ kind: z.literal("diverged"), epoch: z.int() }),
  /** Of "run": the program is under way, as the leader of a process group of its own. */
  z.object({ kind: z.literal("running"), pid: z.int() }),
  /** Metrics that the program printed. */
  z.object({ kind: z.literal("steps"), rows: Steps }),
  /** The end of what the program printed so far, errors included. */
  z.object({ kind: z.literal("log"), text: z.string() }),
  /** The checkpoint folder as it is after this step. */
  z.object({ kind: z.literal("checkpoint"), step: z.int(), file: StoredFile }),
  /** The program has ended by itself, or went past a limit. */
  z.object({
    kind: z.literal("exited"),
    code: z.int().nullable(),
    signal: z.string().nullable(),
    limit: z.enum(["time", "memory", "files"]).nullable(),
    /** Why, where a limit was passed, or what it said last. */
    message: z.string(),
    files: z.array(StoredFile.extend({ name: z.string() })),
  }),
  /** The end of "predict". */
  z.object({
    kind: z.literal("predicted"),
    /** See packPredictions.ts. */
    results: z.instanceof(Uint8Array),
    /** Items that could not be read, by their place in the chunk. */
    failures: z.array(z.object({ at: z.int(), reason: z.string() })),
  }),
  /** The trainer obeyed "stop"; its last checkpoint is the last epoch's. */
  z.object({ kind: z.literal("stopped") }),
  z.object({
    kind: z.literal("failed"),
    code: z.string(),
    message: z.string(),
    /** False where another attempt would end the same way. */
    retryable: z.boolean(),
  }),
]);
export type TrainerEvent = z.infer<typeof TrainerEvent>;
