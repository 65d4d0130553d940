import { TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "./dataset.js";
import type { BatchMetrics, Engine } from "./engine.js";
import { describeModel } from "./model/describeModel.js";
import { modelTask } from "./model/modelTask.js";
import { exportModel } from "./onnx/exportModel.js";
import { loadModel } from "./onnx/loadModel.js";
import type { Tensor, Tensors } from "./tensor.js";

/**
 * Cases with figures recorded from Keras, as JSON files. An engine passes one when each of its
 * numbers is within 1e-5 + 1e-4·|want| of Keras'.
 */
export interface GoldenCase {
  readonly kind: string;
  readonly name: string;
  readonly model: { readonly config: { readonly layers: readonly GoldenLayer[] } };
  readonly optimizer?: Readonly<Record<string, unknown>>;
  readonly loss: {
    readonly name: string;
    readonly label_smoothing: number;
    readonly from_logits: boolean;
  };
  readonly data: { readonly x: GoldenTensor; readonly y: GoldenTensor } & Record<string, unknown>;
  readonly batches?: readonly (readonly number[])[];
  readonly fit?: {
    readonly batch_size: number;
    readonly epochs: number;
    readonly validation_split?: number;
    readonly shuffle: boolean;
    readonly callbacks?: readonly unknown[];
  };
  readonly initial_weights: readonly GoldenTensor[];
  readonly predict_x: GoldenTensor;
  readonly evaluate_batch_size: number;
  readonly expected: {
    readonly loss?: readonly number[];
    readonly accuracy?: readonly number[];
    readonly history?: Readonly<Record<string, readonly number[]>>;
    readonly weights?: readonly GoldenTensor[];
    readonly optimizer?: {
      readonly iterations: number;
      readonly variables: Readonly<Record<string, readonly GoldenTensor[]>>;
    };
    readonly predict: GoldenTensor;
    readonly evaluate: { readonly loss: number; readonly accuracy: number };
  };
}

interface GoldenLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

interface GoldenTensor {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The plan of a case, or undefined where it has something that plans do not have. */
export function goldenPlan(golden: GoldenCase): TrainPlan | undefined {
  const { loss, data, fit } = golden;
  const known = ["categorical_crossentropy", "sparse_categorical_crossentropy"];
  if (!known.includes(loss.name) || loss.label_smoothing !== 0 || loss.from_logits)
    return undefined;
  if (Object.keys(data).some((key) => key !== "x" && key !== "y")) return undefined;
  if (fit?.callbacks !== undefined) return undefined;
  const layers = golden.model.config.layers.map(({ class_name, config }) => {
    const { trainable: _, batch_input_shape: __, ...rest } = config;
    return withoutOff({ class_name, ...rest });
  });
  const plan = TrainPlan.safeParse({
    data: { dataset: "golden" },
    model: { layers },
    optimizer: golden.optimizer && renamed(withoutOff(golden.optimizer)),
    batch_size: fit?.batch_size,
    epochs: fit?.epochs,
    validation_split: fit?.validation_split ?? 0,
    shuffle: fit?.shuffle,
  });
  return plan.success ? plan.data : undefined;
}

/** Fields that are null or false change nothing in Keras. `use_bias: false` does. */
const withoutOff = (config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(config).filter(
      ([key, value]) => value !== null && (value !== false || key === "use_bias"),
    ),
  );

const renamed = ({ name, ...rest }: Record<string, unknown>) => ({ class_name: name, ...rest });

/** A number further from Keras' than it may be. */
export interface GoldenMiss {
  readonly what: string;
  readonly got: number;
  readonly want: number;
}

export interface GoldenResult {
  /** Largest error found, as a share of what is allowed. */
  readonly largestError: number;
  readonly misses: readonly GoldenMiss[];
}

/** Runs one case that has a plan. */
export async function runGolden(
  golden: GoldenCase,
  plan: TrainPlan,
  engine: Engine,
  threads = 1,
): Promise<GoldenResult> {
  const compare = new Comparison();
  const { expected } = golden;
  const dataset = datasetOf(golden);
  const model = describeModel(plan.model, modelTask(plan, dataset));
  const initial = tensorsOf(golden.initial_weights);
  const { optimizer, loss, seed } = plan;
  const setup = { model, optimizer, loss, dataset, seed, threads };
  const opened = await engine.openSession({ ...setup, weights: initial });

  let session = opened;
  if (golden.batches !== undefined) {
    for (const [step, batch] of golden.batches.entries()) {
      const rows = Int32Array.from(batch);
      const [metrics] = await opened.train({
        order: rows,
        batchSize: rows.length,
        rates: Float64Array.of(Number(optimizer.learning_rate)),
      });
      compare.number(`loss[${step}]`, meanOf(metrics, "loss"), expected.loss?.[step]);
      compare.number(`accuracy[${step}]`, meanOf(metrics, "accuracy"), expected.accuracy?.[step]);
    }
  } else if (golden.fit !== undefined) {
    const job = { plan, dataset, threads, initialWeights: initial };
    let weights = initial;
    for await (const event of engine.train(job, new AbortController().signal)) {
      if (event.kind === "epoch") {
        for (const [metric, values] of Object.entries(expected.history ?? {})) {
          const got = event.metrics[metric as keyof typeof event.metrics] ?? Number.NaN;
          compare.number(`${metric}[${event.epoch - 1}]`, got, values[event.epoch - 1]);
        }
      }
      if (event.kind === "trained") weights = event.weights;
    }
    session = await engine.openSession({ ...setup, weights });
  }

  const weights = session.weights();
  for (const want of expected.weights ?? []) compare.tensor(want, weights);
  if (golden.batches !== undefined && expected.optimizer !== undefined) {
    compare.number("iterations", session.iterations, expected.optimizer.iterations);
    const slots = session.kerasSlots();
    for (const [slot, tensors] of Object.entries(expected.optimizer.variables))
      for (const want of tensors) compare.tensor(want, slots.get(slot), `${slot} of `);
  }
  const loaded = await loadModel(exportModel(plan, dataset, weights));
  const predicted = await loaded.predict(Float32Array.from(golden.predict_x.data));
  await loaded.release();
  compare.tensor(
    { ...expected.predict, name: "predict" },
    new Map([["predict", { shape: expected.predict.shape, data: predicted }]]),
  );
  const count = dataset.train.count;
  const all = await session.evaluate(Int32Array.from({ length: count }, (_, row) => row));
  compare.number("evaluate loss", meanOf(all, "loss"), expected.evaluate.loss);
  compare.number("evaluate accuracy", meanOf(all, "accuracy"), expected.evaluate.accuracy);
  return compare;
}

function meanOf(batch: BatchMetrics | undefined, metric: string): number {
  if (batch === undefined) return Number.NaN;
  const sum = metric === "loss" ? batch.lossSum : batch.metricSums[metric];
  return (sum ?? Number.NaN) / batch.rows;
}

function datasetOf({ data }: GoldenCase): Dataset {
  const [count = 0, ...inputShape] = data.x.shape;
  const [, classes] = data.y.shape;
  const labels =
    classes === undefined
      ? data.y.data
      : Array.from({ length: count }, (_, row) => data.y.data.indexOf(1, row * classes) % classes);
  const train = { count, x: Float32Array.from(data.x.data), y: Uint8Array.from(labels) };
  const names = classes ?? Math.max(...labels) + 1;
  const classNames = Array.from({ length: names }, (_, label) => `class ${label}`);
  return { inputShape, task: "classification", classNames, train, test: train };
}

const tensorsOf = (tensors: readonly GoldenTensor[]): Tensors =>
  new Map(
    tensors.map(({ name = "", shape, data }): [string, Tensor] => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

class Comparison implements GoldenResult {
  largestError = 0;
  readonly misses: GoldenMiss[] = [];

  number(what: string, got: number, want: number | undefined): void {
    if (want === undefined) return;
    const error = Math.abs(got - want) / (1e-5 + 1e-4 * Math.abs(want));
    if (!(error <= 1)) this.misses.push({ what, got, want });
    this.largestError = Math.max(this.largestError, Number.isNaN(error) ? Infinity : error);
  }

  tensor(want: GoldenTensor, tensors: Tensors | undefined, of = ""): void {
    const got = tensors?.get(want.name ?? "")?.data;
    want.data.forEach((value, index) => {
      this.number(`${of}${want.name}[${index}]`, got?.[index] ?? Number.NaN, value);
    });
  }
}
