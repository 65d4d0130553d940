import { ACTIVATIONS, TrainPlan } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import type { Dataset, DatasetTask } from "../dataset.js";
import type { Engine } from "../engine.js";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { modelTask } from "../model/modelTask.js";
import { createUniform } from "../random.js";
import { doubleGradients } from "../reference/doubleGradients.js";
import { doubleLoss } from "../reference/doubleLoss.js";
import type { Doubles } from "../reference/doubleNetwork.js";
import type { Tensor, Tensors } from "../tensor.js";

/** Long, as most of it is the list of all layers and losses. */
type Layer = Readonly<Record<string, unknown>> & { readonly class_name: string };

const ROWS = 6;
const dense = (units: number, rest = {}): Layer => ({
  class_name: "Dense",
  units,
  kernel_initializer: "he_normal",
  ...rest,
});
const conv = (filters: number, rest = {}): Layer => ({
  class_name: "Conv2D",
  filters,
  kernel_size: 3,
  activation: "tanh",
  ...rest,
});
const flatten = { class_name: "Flatten" };
const softmax = dense(3, { activation: "softmax" });
const pool = (kind: "Max" | "Average", rest = {}): Layer => ({
  class_name: `${kind}Pooling2D`,
  ...rest,
});
const norm = (of: "Batch" | "Layer", rest = {}): Layer => ({
  class_name: `${of}Normalization`,
  ...rest,
});

/** Layers between Dense ones, on rows of 5 numbers. */
const ON_ROWS: Readonly<Record<string, readonly Layer[]>> = {
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [
      `Dense ${activation}`,
      [dense(6, { activation }), dense(4, { activation, use_bias: false }), softmax],
    ]),
  ),
  "Activation, ReLU with a limit, LeakyReLU, ELU": [
    dense(6),
    { class_name: "Activation", activation: "gelu" },
    dense(6),
    { class_name: "ReLU", max_value: 0.8 },
    dense(6),
    { class_name: "LeakyReLU", negative_slope: 0.1 },
    dense(6),
    { class_name: "ELU", alpha: 0.6 },
    softmax,
  ],
  "Softmax inside and at the end": [
    dense(6),
    { class_name: "Softmax" },
    dense(3),
    { class_name: "Softmax" },
  ],
  BatchNormalization: [norm("Batch"), dense(6, { activation: "tanh" }), norm("Batch"), softmax],
  "BatchNormalization without scale and center": [
    dense(6, { activation: "tanh" }),
    norm("Batch", { scale: false }),
    dense(4),
    norm("Batch", { center: false }),
    softmax,
  ],
  LayerNormalization: [
    dense(6, { activation: "tanh" }),
    norm("Layer"),
    dense(4),
    norm("Layer", { scale: false }),
    norm("Layer", { center: false, epsilon: 0.1 }),
    softmax,
  ],
  "a wide layer in front": [dense(130, { activation: "tanh" }), dense(4), softmax],
  "a wide layer in front of elementwise layers": [
    dense(130),
    norm("Batch"),
    { class_name: "Activation", activation: "silu" },
    { class_name: "Dropout", rate: 0 },
    softmax,
  ],
  "Residual of Dense layers, with and without projection": [
    { class_name: "Residual", layers: [dense(5, { activation: "tanh" }), dense(5)] },
    { class_name: "Residual", layers: [dense(4, { activation: "tanh" })] },
    softmax,
  ],
  "Dropout and GaussianNoise that do nothing": [
    dense(6, { activation: "tanh" }),
    { class_name: "Dropout", rate: 0 },
    { class_name: "GaussianNoise", stddev: 0 },
    softmax,
  ],
};

/** On images of 6 × 5 with 2 channels. */
const ON_IMAGES: Readonly<Record<string, readonly Layer[]>> = {
  "Conv2D valid": [conv(3), flatten, softmax],
  "Conv2D same, then one on many channels": [
    conv(6, { padding: "same" }),
    conv(2, { padding: "same", use_bias: false }),
    flatten,
    softmax,
  ],
  "Conv2D with strides": [
    conv(6, { padding: "same", strides: 2 }),
    conv(2, { kernel_size: 2, strides: [1, 2] }),
    flatten,
    softmax,
  ],
  "Conv2D same with unequal sides and strides": [
    conv(3, { kernel_size: [2, 4], strides: [3, 2], padding: "same" }),
    flatten,
    softmax,
  ],
  "Conv2D with a window of one and strides that skip": [
    conv(3, { kernel_size: 1, strides: 2 }),
    flatten,
    softmax,
  ],
  MaxPooling2D: [conv(3, { padding: "same" }), pool("Max"), flatten, softmax],
  "MaxPooling2D with windows that overlap": [
    conv(3, { padding: "same" }),
    pool("Max", { pool_size: 3, strides: 2, padding: "same" }),
    flatten,
    softmax,
  ],
  AveragePooling2D: [conv(3, { padding: "same" }), pool("Average"), flatten, softmax],
  "AveragePooling2D same with windows that overlap": [
    conv(3, { padding: "same" }),
    pool("Average", { pool_size: [3, 2], strides: [2, 1], padding: "same" }),
    flatten,
    softmax,
  ],
  GlobalAveragePooling2D: [conv(3), { class_name: "GlobalAveragePooling2D" }, softmax],
  GlobalMaxPooling2D: [conv(3), { class_name: "GlobalMaxPooling2D" }, softmax],
  "normalisation, softmax and residuals of images": [
    norm("Batch"),
    conv(4, { padding: "same" }),
    norm("Layer"),
    {
      class_name: "Residual",
      layers: [conv(4, { padding: "same" }), norm("Batch"), conv(4, { padding: "same" })],
    },
    {
      class_name: "Residual",
      layers: [conv(3, { padding: "same", strides: 2 }), { class_name: "Softmax" }],
    },
    { class_name: "GlobalAveragePooling2D" },
    softmax,
  ],
  Reshape: [
    flatten,
    dense(12, { activation: "tanh" }),
    { class_name: "Reshape", target_shape: [2, 3, 2] },
    conv(3, { kernel_size: 2 }),
    { class_name: "Reshape", target_shape: [2, 3] },
    norm("Layer"),
    norm("Batch"),
    { class_name: "Softmax" },
    flatten,
    softmax,
  ],
};

interface LossCase {
  readonly loss: Readonly<Record<string, unknown>>;
  readonly task: DatasetTask;
  readonly end: string;
  readonly soft?: boolean;
  readonly weighted?: boolean;
  readonly outputs?: number;
}

const LOSSES: readonly LossCase[] = [
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "softmax" },
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "softplus" },
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "sigmoid" },
  {
    loss: { name: "categorical_crossentropy", from_logits: true, label_smoothing: 0.2 },
    task: "classification",
    end: "linear",
    weighted: true,
  },
  {
    loss: { name: "categorical_crossentropy", label_smoothing: 0.1 },
    task: "classification",
    end: "softmax",
    soft: true,
    weighted: true,
  },
  { loss: { name: "sparse_categorical_crossentropy" }, task: "classification", end: "softmax" },
  {
    loss: { name: "binary_crossentropy" },
    task: "classification",
    end: "sigmoid",
    outputs: 2,
    weighted: true,
  },
  { loss: { name: "binary_crossentropy" }, task: "classification", end: "sigmoid" },
  {
    loss: { name: "binary_crossentropy", label_smoothing: 0.3 },
    task: "multi_label",
    end: "sigmoid",
    soft: true,
  },
  {
    loss: { name: "binary_crossentropy", from_logits: true },
    task: "multi_label",
    end: "linear",
    soft: true,
  },
  { loss: { name: "mean_squared_error" }, task: "regression", end: "linear", weighted: true },
  { loss: { name: "mean_squared_error" }, task: "classification", end: "softmax" },
  { loss: { name: "mean_absolute_error" }, task: "regression", end: "tanh" },
  { loss: { name: "huber", delta: 0.4 }, task: "regression", end: "linear", weighted: true },
];

/** Losses and gradients of every layer, loss and penalty against a plain network in double precision. */
export function describeGradients(engine: Engine): void {
  const name = `${engine.id}: loss and gradients against finite differences in double precision`;
  describe(name, { timeout: 60_000 }, () => {
    test.each(Object.entries(ON_ROWS))("%s", (_, layers) =>
      compareGradients(engine, { layers }, rowsOf([5], 3, "classification")),
    );
    test.each(Object.entries(ON_IMAGES))("%s", (_, layers) =>
      compareGradients(engine, { layers }, rowsOf([6, 5, 2], 3, "classification")),
    );
    test("greyscale images without an axis of channels", () =>
      compareGradients(
        engine,
        { layers: [conv(2), pool("Max"), flatten, softmax] },
        rowsOf([6, 6], 3, "classification"),
      ));

    const named = LOSSES.map((one) => [JSON.stringify(one), one] as const);
    test.each(named)("%s", async (_, { loss, task, end, soft = false, weighted, outputs = 3 }) => {
      const dataset = rowsOf([5], outputs, task, soft || task === "regression");
      const isBinary = loss.name === "binary_crossentropy" && outputs === 2;
      const units = isBinary ? 1 : outputs;
      const layers = [dense(4, { activation: "tanh" }), dense(units, { activation: end })];
      const rowWeights = weighted && Float32Array.from({ length: ROWS }, (_, row) => row / 3);
      await compareGradients(engine, { layers, loss }, dataset, rowWeights || undefined);
    });

    test("penalties on kernels and biases, in full whatever the batch's size", () =>
      compareGradients(
        engine,
        {
          layers: [
            dense(130, {
              activation: "tanh",
              kernel_regularizer: { class_name: "L1L2", l1: 0.01, l2: 0.02 },
            }),
            dense(4, {
              kernel_regularizer: { class_name: "L1", l1: 0.03 },
              bias_regularizer: { class_name: "L2", l2: 0.5 },
              bias_initializer: "ones",
            }),
            softmax,
          ],
        },
        rowsOf([5], 3, "classification"),
      ));
  });
}

/** One step of SGD at rate 1, so that the step is the gradient. */
async function compareGradients(
  engine: Engine,
  { layers, loss }: { readonly layers: readonly Layer[]; readonly loss?: LossCase["loss"] },
  dataset: Dataset,
  rowWeights?: Float32Array,
): Promise<void> {
  const plan = TrainPlan.parse({
    data: { dataset: "made" },
    optimizer: { class_name: "SGD", learning_rate: 1 },
    model: { layers },
    ...(loss && { loss }),
  });
  const model = describeModel(plan.model, modelTask(plan, dataset));
  const before = varied(initialWeights(model, 5));
  const { optimizer, seed } = plan;
  const setup = { model, optimizer, loss: plan.loss, dataset, seed, threads: 1, weights: before };
  const session = await engine.openSession({ ...setup, ...(rowWeights && { rowWeights }) });
  const order = Int32Array.from({ length: ROWS }, (_, row) => row);
  const [metrics] = await session.train({ order, batchSize: ROWS, rates: Float64Array.of(1) });
  const after = session.weights();
  await session.release?.();

  const rows = { ...dataset.train, rowWeights };
  const doubles: Doubles = new Map(
    [...before].map(([name, { data }]) => [name, Float64Array.from(data)]),
  );
  expect((metrics?.lossSum ?? Number.NaN) / ROWS).toBeCloseTo(doubleLoss(model, doubles, rows), 5);
  for (const [weight, want] of doubleGradients(model, before, rows)) {
    const old = (before.get(weight) as Tensor).data;
    const now = (after.get(weight) as Tensor).data;
    want.forEach((gradient, i) => {
      const got = (old[i] as number) - (now[i] as number);
      const allowed = 3e-6 + 1e-5 * Math.abs(gradient);
      expect(Math.abs(got - gradient), `${weight}[${i}]`).toBeLessThan(allowed);
    });
  }
}

/** Zeros and ones of biases and normalisations hide mistakes. */
const varied = (weights: Tensors): Tensors =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value, i) => value + 0.1 * Math.sin(i + name.length)) },
    ]),
  );

function rowsOf(
  inputShape: readonly number[],
  outputs: number,
  task: DatasetTask,
  areFloat = false,
): Dataset {
  const next = createUniform(9, 99, 0);
  const size = inputShape.reduce((product, axis) => product * axis, ROWS);
  const x = Float32Array.from({ length: size }, () => next() * 2 - 1);
  const y = areFloat
    ? Float32Array.from({ length: ROWS * outputs }, () => next())
    : Int32Array.from({ length: ROWS }, (_, row) => (row * 5) % outputs);
  const train = { count: ROWS, x, y };
  const classNames = Array.from({ length: outputs }, (_, index) => `output ${index}`);
  return { inputShape, task, classNames, train, test: train };
}
