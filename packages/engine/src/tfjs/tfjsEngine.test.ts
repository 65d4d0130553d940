import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeEngine } from "../conformance.js";
import type { Dataset } from "../dataset.js";
import type { Engine } from "../engine.js";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { modelTask } from "../model/modelTask.js";
import { onnxEngine } from "../onnx/onnxEngine.js";
import { encodeSafetensors } from "../safetensors.js";
import type { Tensors } from "../tensor.js";
import { loadTfjsEngine } from "./tfjsEngine.js";

// wasm, since it is on every machine and the faster one of those that are
const engine = await loadTfjsEngine({ backends: ["wasm"] });
describeEngine(engine);

const rows = 48;
const train = {
  count: rows,
  x: Float32Array.from({ length: rows * 64 }, (_, i) => Math.sin(i * i)),
  y: Uint8Array.from({ length: rows }, (_, row) => (row * 5) % 3),
};
const dataset: Dataset = {
  inputShape: [8, 8],
  task: "classification",
  classNames: ["a", "b", "c"],
  train,
  test: train,
};
const noisyPlan = TrainPlan.parse({
  engine: "tfjs",
  data: { dataset: "images" },
  model: {
    layers: [
      { class_name: "Flatten" },
      { class_name: "Dense", units: 16, activation: "relu" },
      { class_name: "Dropout", rate: 0.4 },
      {
        class_name: "Residual",
        layers: [
          { class_name: "Dense", units: 12 },
          { class_name: "GaussianNoise", stddev: 0.1 },
        ],
      },
      { class_name: "Dense", units: 3, activation: "softmax" },
    ],
  },
  optimizer: { class_name: "AdamW", global_clipnorm: 1, use_ema: true },
  batch_size: 10,
  epochs: 3,
});
const cnnPlan = TrainPlan.parse({
  ...noisyPlan,
  model: { template: "cnn", blocks: 2, filters: 4, units: 8, batch_norm: true },
});

async function weightsOf(one: Engine, plan: TrainPlan): Promise<Tensors> {
  const job = { plan, dataset, threads: 1 };
  for await (const event of one.train(job, new AbortController().signal))
    if (event.kind === "trained") return event.weights;
  throw new Error("not trained");
}

const largestDifference = (some: Tensors, others: Tensors): number =>
  Math.max(
    ...[...some].map(([name, { data }]) => {
      const other = others.get(name)?.data;
      return Math.max(...data.map((value, i) => Math.abs(value - (other?.[i] ?? Number.NaN))));
    }),
  );

test("both engines start from one seed's weights and drop the same units", async () => {
  const [ours, theirs] = [
    await weightsOf(engine, noisyPlan),
    await weightsOf(onnxEngine, { ...noisyPlan, engine: "onnx" }),
  ];
  expect([...ours.keys()]).toEqual([...theirs.keys()]);
  expect(largestDifference(ours, theirs)).toBeLessThan(1e-4);
});

test.each([
  ["dropout, noise and a residual", noisyPlan],
  ["convolutions", cnnPlan],
])("fifty runs with %s leave no tensor behind", async (_, plan) => {
  const first = encodeSafetensors(await weightsOf(engine, plan));
  const { numTensors, numBytes } = engine.tf.memory();
  for (let run = 0; run < 49; run++) await weightsOf(engine, { ...plan, epochs: 1 });
  expect(engine.tf.memory()).toMatchObject({ numTensors, numBytes });
  expect(encodeSafetensors(await weightsOf(engine, plan))).toEqual(first);
});

test("plain JavaScript trains to the same figures as wasm", async () => {
  const onWasm = await weightsOf(engine, cnnPlan);
  await engine.tf.setBackend("cpu");
  try {
    expect(largestDifference(await weightsOf(engine, cnnPlan), onWasm)).toBeLessThan(1e-4);
  } finally {
    await engine.tf.setBackend("wasm");
  }
});

test("rows made by augmentation train in place of the data set's, with their targets and weights", async () => {
  const { loss, optimizer } = TrainPlan.parse({ data: { dataset: "images" } });
  const model = describeModel(noisyPlan.model, modelTask(noisyPlan, dataset));
  const setup = { model, optimizer, loss, dataset, seed: 0, threads: 1 };
  const weights = initialWeights(model, 1);
  const plain = await engine.openSession({ ...setup, weights });
  const augmented = await engine.openSession({ ...setup, weights });
  const order = Int32Array.of(3, 1, 4);
  const rates = Float64Array.of(0.01);
  const chosen = Int32Array.of(4, 3, 1);
  const gathered = new Float32Array(3 * 64);
  chosen.forEach((row, i) => {
    gathered.set(train.x.subarray(row * 64, (row + 1) * 64), i * 64);
  });
  const want = await plain.train({ order, batchSize: 3, rates });
  const got = await augmented.train({
    order: Int32Array.of(1, 2, 0),
    batchSize: 3,
    rates,
    augmented: { rows: chosen, x: gathered },
  });
  expect(got).toEqual(want);
  expect(augmented.weights()).toEqual(plain.weights());
  await plain.release();
  await augmented.release();
});
