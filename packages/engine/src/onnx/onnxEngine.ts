import { createEngine } from "../trainingLoop.js";
import { TrainingSession } from "./trainingSession.js";

/** Trains on the CPU: the plan becomes a graph for onnxruntime, and its optimizer one WebAssembly loop. */
export const onnxEngine = createEngine({
  id: "onnx",
  device: "cpu",
  openSession: (setup) => TrainingSession.create(setup),
});
