import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import type { Dataset } from "../dataset.js";
import { modelScaling } from "../inputScaling.js";
import { splitRows } from "../splitRows.js";
import type { Tensors } from "../tensor.js";
import { exportModel } from "./exportModel.js";
import { evaluateModel } from "./loadModel.js";
import { onnxEngine } from "./onnxEngine.js";

/** What plans do to their inputs, from the plan to the exported model. */

const COUNT = 120;
const SIDE = 6;
/** Two classes of images: a bright left or a bright right half, on noise. */
const images = (() => {
  const y = Uint8Array.from({ length: COUNT }, (_, row) => row % 2);
  const x = Uint8Array.from({ length: COUNT * SIDE * SIDE }, (_, at) => {
    const isLeft = at % SIDE < SIDE / 2;
    const isBright = isLeft === (y[Math.floor(at / (SIDE * SIDE))] === 0);
    return ((at * 7919) % 90) + (isBright ? 110 : 20);
  });
  return { count: COUNT, x, y };
})();
const dataset: Dataset = {
  inputShape: [SIDE, SIDE],
  task: "classification",
  classNames: ["left", "right"],
  train: images,
  test: images,
};

async function trained(changes: Record<string, unknown>, stopAfter?: number) {
  const plan = TrainPlan.parse({
    data: { dataset: "halves" },
    model: { template: "mlp", depth: 1, units: 8 },
    optimizer: { class_name: "Adam", learning_rate: 0.01 },
    batch_size: 16,
    epochs: 4,
    ...changes,
  });
  const run = async (resume?: Uint8Array) => {
    const metrics: unknown[] = [];
    const checkpoints: Uint8Array[] = [];
    let weights: Tensors = new Map();
    const job = { plan, dataset, threads: 1, resume };
    for await (const event of onnxEngine.train(job, new AbortController().signal)) {
      if (event.kind === "epoch") {
        metrics.push(event.metrics);
        checkpoints.push(event.checkpoint());
      }
      if (event.kind === "trained") weights = event.weights;
    }
    return { metrics, checkpoints, weights };
  };
  const whole = await run();
  if (stopAfter === undefined) return { plan, ...whole, rest: undefined };
  return { plan, ...whole, rest: await run(whole.checkpoints[stopAfter - 1]) };
}

test("standardised inputs train another model than rescaled ones, and its file takes plain pixels", async () => {
  const data = { dataset: "halves", preprocessing: "standardize" };
  const { plan, weights, metrics } = await trained({ data, epochs: 12 });
  const rescaled = await trained({ epochs: 12 });
  expect(metrics).not.toEqual(rescaled.metrics);
  const scaling = modelScaling(dataset, "standardize", splitRows(dataset, plan).train);
  const report = await evaluateModel(exportModel(plan, dataset, weights, scaling), images);
  expect(report).toMatchObject({ task: "classification", accuracy: 1 });
});

test("augmented rows change the training, the same each time and from any checkpoint", async () => {
  const augmentation = { rotation_range: 20, width_shift_range: 0.2, mixup: { alpha: 0.3 } };
  const augmented = await trained({ augmentation }, 2);
  const plain = await trained({});
  expect(augmented.metrics).not.toEqual(plain.metrics);
  expect((await trained({ augmentation })).weights).toEqual(augmented.weights);
  expect(augmented.rest?.metrics).toEqual(augmented.metrics.slice(2));
  expect(augmented.rest?.weights).toEqual(augmented.weights);
});
