import { Layer as LayerSchema, Loss, TrainPlan } from "@sweepyard/contract";
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
import {
  conv,
  dense,
  flatten,
  type Layer,
  ON_IMAGES,
  ON_ROWS,
  pool,
  softmax,
} from "./layerCases.js";
import { LOSSES, type LossCase } from "./lossCases.js";

const ROWS = 6;

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

    test("no layer and no loss of a plan is left out", () => {
      const checked = [...Object.values(ON_ROWS), ...Object.values(ON_IMAGES)].flat();
      const layers = LayerSchema.options.map(({ shape }) => shape.class_name.value);
      expect(new Set(checked.map(({ class_name }) => class_name))).toEqual(new Set(layers));
      const losses = Loss.out.options.map(({ shape }) => shape.name.value);
      expect(new Set(LOSSES.map(({ loss }) => loss.name))).toEqual(new Set(losses));
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
  await session.release();

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
