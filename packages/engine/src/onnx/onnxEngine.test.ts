import { describeEngine } from "../conformance.js";
import { onnxEngine } from "./onnxEngine.js";
import { TrainingSession } from "./trainingSession.js";

describeEngine("onnx", {
  engine: onnxEngine,
  open: ({ dataset, ...setup }) => TrainingSession.create({ ...setup, rows: dataset.train }),
});
