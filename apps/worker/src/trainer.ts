import { AppError, TrainerCommand, type TrainerEvent } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import { loadEngine } from "@sweepyard/engine";
import { ProgramRun, type RunCommand } from "./program/runProgram.js";
import { ChunkPredictor, type PredictCommand } from "./trainer/chunkPredictor.js";
import { EpochWindow } from "./trainer/epochWindow.js";
import { runTraining, type TrainCommand } from "./trainer/runTraining.js";
import { WarmDataset } from "./trainer/warmDataset.js";

/**
 * The trainer process: one run at a time, told by its parent over IPC. It has no database and no
 * Redis. Each "train" is answered by exactly one of trained, diverged, stopped and failed; each
 * "predict" by one of predicted, stopped and failed.
 */

const artifactsDir = process.env.ARTIFACTS_DIR;
if (artifactsDir === undefined || process.send === undefined)
  throw new Error("a trainer is started by the worker, with ARTIFACTS_DIR and an IPC channel");

/** The engine comes back to the event loop many times a second: silence means that it hangs. */
const PULSE_MS = 2_000;

const store = new ArtifactStore(artifactsDir);
const datasets = new WarmDataset(store);
const predictor = new ChunkPredictor(store);
let current:
  | {
      readonly controller: AbortController;
      acknowledge(epoch: number): void;
      /** Ends at once what is not of this process. */
      abandon?(): void;
    }
  | undefined;

// Nobody would take the results: a killed worker leaves no trainer, and no program, behind.
process.on("disconnect", () => {
  current?.abandon?.();
  process.exit(0);
});
// A terminal's Ctrl-C reaches the whole group; the worker decides when its trainers stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

process.on("message", (message) => {
  const command = TrainerCommand.parse(message);
  switch (command.kind) {
    case "train":
      void work((controller) => train(command, controller));
      break;
    case "run":
      void work((controller) => runProgram(command, controller));
      break;
    case "predict":
      void work((controller) => predict(command, controller));
      break;
    case "ack":
      current?.acknowledge(command.epoch);
      break;
    case "stop":
      current?.controller.abort(new Error(command.reason));
      break;
  }
});

send({ kind: "ready", pid: process.pid });

/** One run: sends its end, whatever it is. */
async function work(start: (controller: AbortController) => Promise<TrainerEvent>): Promise<void> {
  if (current !== undefined) throw new Error("told to train while training");
  const controller = new AbortController();
  const pulse = setInterval(() => send({ kind: "alive" }), PULSE_MS);
  let end: TrainerEvent;
  try {
    end = await start(controller);
  } catch (error) {
    end = controller.signal.aborted ? { kind: "stopped" } : failure(error);
  }
  clearInterval(pulse);
  current = undefined;
  send(end);
}

async function train(command: TrainCommand, controller: AbortController): Promise<TrainerEvent> {
  const window = new EpochWindow();
  current = { controller, acknowledge: (epoch) => window.acknowledge(epoch) };
  const { signal } = controller;
  const loaded = await loadEngine(command.plan.engine, command.threads);
  return runTraining(command, { ...loaded, store, datasets, window, signal, send });
}

async function runProgram(command: RunCommand, controller: AbortController): Promise<TrainerEvent> {
  const program = new ProgramRun(command, { store, signal: controller.signal, send });
  current = {
    controller,
    acknowledge: () => program.acknowledge(),
    abandon: () => program.kill(),
  };
  return program.run();
}

async function predict(
  command: PredictCommand,
  controller: AbortController,
): Promise<TrainerEvent> {
  current = { controller, acknowledge() {} };
  return predictor.predict(command, controller.signal);
}

function failure(error: unknown): TrainerEvent {
  if (!(error instanceof AppError)) console.error(error);
  const code = error instanceof AppError ? error.code : "internal";
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "failed", code, message, retryable: !HOPELESS.has(code) };
}

/** Codes of errors that lie in the plan or the data: another attempt would end the same way. */
const HOPELESS: ReadonlySet<string> = new Set([
  "invalid_request",
  "data_invalid",
  "shape_mismatch",
]);

function send(event: TrainerEvent): void {
  // A closed channel has its own handler above.
  process.send?.(event, undefined, undefined, () => {});
}
