import type { Loss, TrainPlan } from "@sweepyard/contract";
import { decodeCheckpoint } from "../checkpoint.js";
import type { Dataset } from "../dataset.js";
import type { BatchMetrics, Engine, SessionSetup, StepSession } from "../engine.js";
import { describeModel } from "../model/describeModel.js";
import { isCategorical, isFromLogits, modelTask } from "../model/modelTask.js";
import { exportModel } from "../onnx/exportModel.js";
import { loadModel } from "../onnx/loadModel.js";
import { momentumProduct } from "../onnx/optimizers/nadam.js";
import { rowWeights } from "../rowWeights.js";
import { createSchedule } from "../schedules/createSchedule.js";
import type { Schedule } from "../schedules/schedule.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import { type GoldenTensor, type ModelCase, tensorsOf } from "./goldenCase.js";
import { goldenDataset } from "./goldenDataset.js";
import type { GoldenOptions } from "./goldenOptions.js";
import { goldenPlan } from "./goldenPlan.js";

/** Kinds `train`, `fit` and `infer`: training step by step or by fit(), then the model itself. */
export async function runModel(
  golden: ModelCase,
  engine: Engine,
  { threads }: GoldenOptions,
): Promise<GoldenResult> {
  const plan = goldenPlan(golden);
  const dataset = goldenDataset(golden);
  const rows = Int32Array.from({ length: dataset.train.count }, (_, row) => row);
  const setup: SessionSetup = {
    model: describeModel(plan.model, modelTask(plan, dataset)),
    optimizer: plan.optimizer,
    loss: plan.loss,
    dataset,
    rowWeights: rowWeights(dataset, plan, rows),
    seed: plan.seed,
    threads,
    weights: tensorsOf(golden.initial_weights),
  };
  const compare = new Comparison();
  const session =
    golden.fit === undefined
      ? await step(golden, plan, await engine.openSession(setup), compare)
      : await fit(golden, plan, engine, setup, compare);
  compareState(golden, plan, session, compare);
  await comparePredictions(golden, plan, dataset, session, compare);
  await compareEvaluation(golden, session, rows, compare);
  await session.release();
  return compare;
}

async function step(
  { batches = [], expected }: ModelCase,
  plan: TrainPlan,
  session: StepSession,
  compare: Comparison,
): Promise<StepSession> {
  const rateAt = rateOf(plan);
  for (const [index, batch] of batches.entries()) {
    const rate = rateAt(index);
    const [metrics] = await session.train({
      order: Int32Array.from(batch),
      batchSize: batch.length,
      rates: Float64Array.of(rate),
    });

    for (const name of ["loss", "accuracy", "binary_accuracy", "mean_absolute_error"] as const) {
      const want = expected[name]?.[index];
      if (want !== undefined) compare.number(`${name}[${index}]`, meanOf(metrics, name), want);
    }
    const want = expected.learning_rate?.[index];
    if (want !== undefined) compare.number(`learning_rate[${index}]`, rate, want);
  }
  return session;
}

/** @returns a session that goes on where fit() ended, with the weights that it gave. */
async function fit(
  { expected }: ModelCase,
  plan: TrainPlan,
  engine: Engine,
  setup: SessionSetup,
  compare: Comparison,
): Promise<StepSession> {
  const { dataset, threads, weights: initial } = setup;
  const job = { plan, dataset, threads, initialWeights: initial };
  let bytes = new Uint8Array();
  let weights = initial;
  let epochs = 0;
  for await (const event of engine.train(job, new AbortController().signal)) {
    if (event.kind === "epoch") {
      bytes = event.checkpoint().slice();
      const metrics: Readonly<Record<string, number | undefined>> = event.metrics;
      for (const [name, values] of Object.entries(expected.history ?? {})) {
        const want = values[event.epoch - 1];
        if (want !== undefined)
          compare.number(`${name}[${event.epoch - 1}]`, metrics[ownName(name)], want);
      }
    }
    if (event.kind !== "trained") continue;
    epochs = event.ending.epochs;
    weights = event.weights;
  }
  const checkpoint = decodeCheckpoint(bytes);
  const { callbacks, slots, iterations } = checkpoint;
  const index = plan.callbacks.findIndex(({ class_name }) => class_name === "EarlyStopping");
  const stopping = callbacks.each[index] as { best: number; bestEpoch: number } | undefined;
  const rate = rateOf(plan, callbacks.learningRate)(iterations);
  const compareIf = (what: string, got: number | undefined, want: number | undefined) => {
    if (want !== undefined && want !== null) compare.number(what, got, want);
  };
  compareIf("epochs_run", epochs, expected.epochs_run);
  // Keras counts from 0 and has 0 for a run that was not stopped.
  compareIf("stopped_epoch", callbacks.stopped === null ? 0 : epochs - 1, expected.stopped_epoch);
  const bestEpoch = stopping && Math.max(stopping.bestEpoch - 1, 0); // Keras has 0 before any counts
  compareIf("best_epoch", bestEpoch, expected.best_epoch);
  compareIf("best", stopping?.best, expected.best);
  compareIf("final_learning_rate", rate, expected.final_learning_rate);
  return engine.openSession({ ...setup, weights, slots, iterations });
}

function compareState(
  { batches, fit: fitted, expected }: ModelCase,
  plan: TrainPlan,
  session: StepSession,
  compare: Comparison,
): void {
  const weights = session.weights();
  for (const want of expected.weights ?? []) compare.tensor(want, weights);
  if ((batches ?? fitted) === undefined || expected.optimizer === undefined) return;
  const { iterations, variables, u_product } = expected.optimizer;
  compare.number("iterations", session.iterations, iterations);
  const slots = session.kerasSlots();
  for (const [slot, tensors] of Object.entries(variables))
    for (const want of tensors) compare.tensor(want, slots.get(slot), `${slot} of `);
  if (u_product !== undefined && plan.optimizer.class_name === "Nadam")
    compare.number("u_product", momentumProduct(plan.optimizer.beta_1, iterations), u_product);
}

async function comparePredictions(
  { predict_x, expected }: ModelCase,
  plan: TrainPlan,
  dataset: Dataset,
  session: StepSession,
  compare: Comparison,
): Promise<void> {
  const exported = await loadModel(exportModel(plan, dataset, session.weights()));
  const predicted = await exported.predict(Float32Array.from(predict_x.data));
  await exported.release();
  compare.numbers("predict", predicted, probabilitiesOf(plan.loss, expected.predict));
}

/** Exported models give probabilities also where Keras' predict() gives logits. */
function probabilitiesOf(loss: Loss, { shape, data }: GoldenTensor): readonly number[] {
  if (!isFromLogits(loss)) return data;
  if (!isCategorical(loss)) return data.map((logit) => 1 / (1 + Math.exp(-logit)));
  const classes = shape.at(-1) ?? 1;
  const exponents = data.map(Math.exp);
  const total = (row: number) =>
    exponents.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0);
  return exponents.map((exponent, at) => exponent / total(Math.floor(at / classes)));
}

/** In batches of the case's size, as evaluate() takes them. */
async function compareEvaluation(
  { evaluate_batch_size: size, expected }: ModelCase,
  session: StepSession,
  rows: Int32Array,
  compare: Comparison,
): Promise<void> {
  const sums = new Map<string, number>();
  for (let from = 0; from < rows.length; from += size) {
    const batch = await session.evaluate(rows.subarray(from, from + size));
    for (const name of Object.keys(expected.evaluate))
      sums.set(name, (sums.get(name) ?? 0) + meanOf(batch, name) * batch.rows);
  }
  for (const [name, want] of Object.entries(expected.evaluate))
    compare.number(`evaluate ${name}`, (sums.get(name) ?? Number.NaN) / rows.length, want);
}

function rateOf(plan: TrainPlan, constant?: number | null): Schedule {
  const { learning_rate: rate } = plan.optimizer;
  if (typeof rate === "number") return () => constant ?? rate;
  return createSchedule(rate, Number.POSITIVE_INFINITY);
}

function meanOf(batch: BatchMetrics | undefined, metric: string): number {
  if (batch === undefined) return Number.NaN;
  const sum = metric === "loss" ? batch.lossSum : batch.metricSums[ownName(metric)];
  return (sum ?? Number.NaN) / batch.rows;
}

/** Keras names the accuracy of elementwise outputs apart. */
const ownName = (metric: string): string => metric.replace("binary_accuracy", "accuracy");
