import type { Engine } from "../engine.js";
import { createEngine } from "../trainingLoop.js";
import { type LoadedTensorFlow, loadTensorFlow, type TfjsBackend } from "./loadTensorFlow.js";
import { TrainingSession } from "./trainingSession.js";

export interface TfjsEngine extends Engine, Pick<LoadedTensorFlow, "missing" | "tf"> {}

/**
 * The engine on TensorFlow.js: its layers, on the fastest backend that works on this machine. Loaded
 * when first asked for, since that takes about a second and 100 MB.
 * @param backends to try, in this order; absent: all.
 * @throws {AppError} `internal` if none works.
 */
export async function loadTfjsEngine({
  backends,
  threads,
}: {
  readonly backends?: readonly TfjsBackend[];
  readonly threads?: number;
} = {}): Promise<TfjsEngine> {
  const { tf, device, missing } = await loadTensorFlow(backends, threads);
  const engine = createEngine({
    id: "tfjs",
    device,
    openSession: async (setup) => new TrainingSession(tf, setup),
  });
  return { ...engine, tf, missing };
}
