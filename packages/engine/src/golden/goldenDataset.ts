import type { Dataset, DatasetTask } from "../dataset.js";
import type { ModelCase } from "./goldenCase.js";

/** The rows of a case as a data set; training and test rows are the same. */
export function goldenDataset(golden: ModelCase): Dataset {
  const { data, loss, expected } = golden;
  const [count = 0, ...inputShape] = data.x.shape;
  const outputs = expected.predict.shape.at(-1) ?? 1;
  const isClassId = data.y.shape.length === 1 || isBinary(golden);
  const train = {
    count,
    x: Float32Array.from(data.x.data),
    y: isClassId ? Int32Array.from(data.y.data) : Float32Array.from(data.y.data),
    ...(data.sample_weight && { sampleWeight: Float32Array.from(data.sample_weight.data) }),
  };
  const task = isBinary(golden) ? "classification" : taskOf(loss.name);
  const names = isBinary(golden) ? 2 : outputs;
  const classNames = Array.from({ length: names }, (_, label) => `output ${label}`);
  return { inputShape, task, classNames, train, test: train };
}

/** One binary output with weights of classes: two classes. Without weights it may be any share. */
const isBinary = ({ data, loss, expected }: ModelCase): boolean =>
  loss.name === "binary_crossentropy" &&
  expected.predict.shape.at(-1) === 1 &&
  data.class_weight !== undefined;

function taskOf(loss: string): DatasetTask {
  if (loss.endsWith("categorical_crossentropy")) return "classification";
  return loss === "binary_crossentropy" ? "multi_label" : "regression";
}
