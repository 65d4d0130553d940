import { createEngine } from "../trainingLoop.js";
import { TrainingSession } from "./trainingSession.js";

/** Trains on the CPU through onnxruntime: the plan becomes one graph that runs many steps a call. */
export const onnxEngine = createEngine({
  id: "onnx",
  device: "cpu",
  openSession: (setup) => TrainingSession.create(setup),
});
