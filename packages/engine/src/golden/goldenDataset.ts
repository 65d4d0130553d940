import type { Dataset, DatasetTask } from "../dataset.js";
import type { ModelCase } from "./goldenCase.js";

/** The rows of a case as a data set; training and test rows are the same. */
export function goldenDataset({ data, loss, expected }: ModelCase): Dataset {
  const [count = 0, ...inputShape] = data.x.shape;
  const outputs = expected.predict.shape.at(-1) ?? 1;
  const isClassId = data.y.shape.length === 1;
  const train = {
    count,
    x: Float32Array.from(data.x.data),
    y: isClassId ? Int32Array.from(data.y.data) : Float32Array.from(data.y.data),
    ...(data.sample_weight && { sampleWeight: Float32Array.from(data.sample_weight.data) }),
  };
  const classNames = Array.from({ length: outputs }, (_, label) => `output ${label}`);
  return { inputShape, task: taskOf(loss.name), classNames, train, test: train };
}

function taskOf(loss: string): DatasetTask {
  if (loss.endsWith("categorical_crossentropy")) return "classification";
  return loss === "binary_crossentropy" ? "multi_label" : "regression";
}
