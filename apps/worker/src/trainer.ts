import { AppError, TrainerCommand, type TrainerEvent } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import { loadEngine } from "@sweepyard/engine";
import { EpochWindow } from "./trainer/epochWindow.js";
import { runTraining, type TrainCommand } from "./trainer/runTraining.js";
import { WarmDataset } from "./trainer/warmDataset.js";

/**
 * The trainer process: one run at a time, told by its parent over IPC. It has no database and no
 * Redis. Each "train" is answered by exactly one of trained, diverged, stopped and failed.
 */

const artifactsDir = process.env.ARTIFACTS_DIR;
if (artifactsDir === undefined || process.send === undefined)
  throw new Error("a trainer is started by the worker, with ARTIFACTS_DIR and an IPC channel");

/** The engine comes back to the event loop many times a second: silence means that it hangs. */
const PULSE_MS = 2_000;

const store = new ArtifactStore(artifactsDir);
const datasets = new WarmDataset(store);
let current: { readonly controller: AbortController; readonly window: EpochWindow } | undefined;

// Nobody would take the results: a killed worker leaves no trainer behind.
process.on("disconnect", () => process.exit(0));
// A terminal's Ctrl-C reaches the whole group; the worker decides when its trainers stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

process.on("message", (message) => {
  const command = TrainerCommand.parse(message);
  switch (command.kind) {
    case "train":
      void train(command);
      break;
    case "ack":
      current?.window.acknowledge(command.epoch);
      break;
    case "stop":
      current?.controller.abort(new Error(command.reason));
      break;
  }
});

send({ kind: "ready", pid: process.pid });

async function train(command: TrainCommand): Promise<void> {
  if (current !== undefined) throw new Error("told to train while training");
  const controller = new AbortController();
  const window = new EpochWindow();
  current = { controller, window };
  const { signal } = controller;
  const pulse = setInterval(() => send({ kind: "alive" }), PULSE_MS);
  let end: TrainerEvent;
  try {
    const loaded = await loadEngine(command.plan.engine, command.threads);
    end = await runTraining(command, { ...loaded, store, datasets, window, signal, send });
  } catch (error) {
    end = signal.aborted ? { kind: "stopped" } : failure(error);
  }
  clearInterval(pulse);
  current = undefined;
  send(end);
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
