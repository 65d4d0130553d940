import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { StoredFile, TrainerCommand, TrainerEvent } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import {
  type Dataset,
  decodeCheckpoint,
  type Engine,
  encodeSafetensors,
  evaluateModel,
  exportModel,
  modelScaling,
  splitRows,
  type TrainEvent,
} from "@sweepyard/engine";
import type { EpochWindow } from "./epochWindow.js";
import type { WarmDataset } from "./warmDataset.js";

export type TrainCommand = Extract<TrainerCommand, { kind: "train" }>;
export type EndEvent = Extract<TrainerEvent, { kind: "trained" | "diverged" }>;

export interface TrainingDeps {
  readonly engine: Engine;
  /** Of the engine, for a person. */
  readonly notice?: string | undefined;
  readonly store: ArtifactStore;
  readonly datasets: WarmDataset;
  readonly window: EpochWindow;
  readonly signal: AbortSignal;
  send(event: TrainerEvent): void;
}

/**
 * Trains one run, sending each epoch once its checkpoint is on disk, and returns its end.
 * @throws `signal.reason` when told to stop; every epoch finished before is stored and sent.
 */
export async function runTraining(command: TrainCommand, deps: TrainingDeps): Promise<EndEvent> {
  const { engine, notice, store, signal, send, window } = deps;
  const { plan, threads, adopts } = command;
  const dataset = await deps.datasets.load(command.dataset);
  const resume = await readCheckpoint(store, command.resume);
  send({ kind: "started", fromEpoch: resume?.epoch ?? 0, device: engine.device, notice });

  // One checkpoint is written while the next epoch trains.
  let stored: Promise<void> = Promise.resolve();
  try {
    for await (const event of engine.train(
      { plan, dataset, threads, resume: resume?.bytes, adopts },
      signal,
    )) {
      switch (event.kind) {
        case "epoch": {
          const { checkpoint: encode, ...report } = event;
          const { epoch } = report;
          const bytes = encode(command.runId);
          await stored;
          await window.room(signal);
          window.report(epoch);
          stored = store.put(bytes).then((checkpoint) => {
            send({ ...report, checkpoint });
          });
          stored.catch(() => {}); // awaited before the next epoch, and at the end
          break;
        }
        case "trained":
          await stored;
          return await conclude(command, dataset, event, deps);
        case "diverged":
          await stored;
          return { kind: "diverged", epoch: event.epoch };
      }
    }
  } catch (error) {
    if (signal.aborted) await stored.catch(() => {});
    throw error;
  }
  throw new Error("the engine ended without an end");
}

/** Evaluates on the test split and stores the weights and the model. */
async function conclude(
  { plan, threads }: TrainCommand,
  dataset: Dataset,
  { weights, ending }: Extract<TrainEvent, { kind: "trained" }>,
  { store, signal }: TrainingDeps,
): Promise<EndEvent> {
  const scaling = modelScaling(dataset, plan.data.preprocessing, splitRows(dataset, plan).train);
  const model = exportModel(plan, dataset, weights, scaling);
  const storing = Promise.all([store.put(encodeSafetensors(weights)), store.put(model)]);
  storing.catch(() => {}); // awaited below, unless the evaluation fails first
  const report = await evaluateModel(model, dataset.test, { threads, signal });
  const [weightsFile, modelFile] = await storing;
  return { kind: "trained", ending, report, weights: weightsFile, model: modelFile };
}

interface Resume {
  readonly bytes: Uint8Array;
  readonly epoch: number;
}

/**
 * A checkpoint that is gone or damaged costs time, not the run: training starts over and comes
 * to the same numbers.
 */
async function readCheckpoint(
  store: ArtifactStore,
  file: StoredFile | undefined,
): Promise<Resume | undefined> {
  if (file === undefined) return undefined;
  try {
    const bytes = await readFile(store.path(file.sha256));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== file.sha256) throw new Error("its bytes are not those that were stored");
    return { bytes, epoch: decodeCheckpoint(bytes).epoch };
  } catch (error) {
    console.error(`checkpoint ${file.sha256} is of no use, starting over:`, error);
    return undefined;
  }
}
