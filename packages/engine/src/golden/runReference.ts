import { join } from "node:path";
import { FASHION_MNIST_CLASSES, TrainPlan } from "@sweepyard/contract";
import type { Engine } from "../engine.js";
import { readIdxDataset } from "../idxDataset.js";
import { exportModel } from "../onnx/exportModel.js";
import { evaluateModel } from "../onnx/loadModel.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase, KerasConfig } from "./goldenCase.js";
import type { GoldenOptions } from "./goldenOptions.js";

interface ReferenceCase extends GoldenCase {
  readonly model: { readonly layers: readonly KerasConfig[] };
  readonly optimizer: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly loss: string;
  readonly batch_size: number;
  readonly epochs: number;
  readonly validation_split: number;
  /** Over Keras' runs. */
  readonly summary: {
    readonly history: Readonly<Record<"loss" | "val_accuracy", Mean<readonly number[]>>>;
    readonly test: Readonly<Record<"accuracy" | "f1_macro", Mean<number>>>;
  };
}

interface Mean<Figure> {
  readonly mean: Figure;
}

interface RunFigures {
  readonly history: Readonly<Record<"loss" | "val_accuracy", readonly number[]>>;
  readonly test: { readonly accuracy: number; readonly f1_macro: number };
}

const SEEDS = [1, 2, 3];

/** What the means of three seeds may differ by. */
const TEST = { absolute: 0.01, relative: 0 };
const LOSS = { absolute: 0.03, relative: 0 };
const VALIDATION = { absolute: 0.015, relative: 0 };
const LAST_EPOCHS = 5;

/** Kind `reference`: whole training runs on Fashion-MNIST, beside the means of Keras' own. */
export async function runReference(
  golden: ReferenceCase,
  engine: Engine,
  { threads, data }: GoldenOptions,
): Promise<GoldenResult> {
  if (data === undefined) throw new Error("the folder of the real data is not given");
  const runs: RunFigures[] = [];
  for (const seed of SEEDS) runs.push(await trainRun(golden, engine, seed, { threads, data }));
  const compare = new Comparison();
  const { history, test } = golden.summary;
  const mean = (of: (run: RunFigures) => number | undefined) =>
    runs.reduce((sum, run) => sum + (of(run) ?? Number.NaN), 0) / runs.length;
  for (const name of ["accuracy", "f1_macro"] as const)
    compare.number(
      `test ${name}`,
      mean((run) => run.test[name]),
      test[name].mean,
      TEST,
    );
  const last = golden.epochs - 1;
  for (const epoch of [0, last])
    compare.number(
      `loss[${epoch}]`,
      mean((run) => run.history.loss[epoch]),
      history.loss.mean[epoch] ?? Number.NaN,
      LOSS,
    );
  for (let epoch = last; epoch > last - LAST_EPOCHS; epoch--)
    compare.number(
      `val_accuracy[${epoch}]`,
      mean((run) => run.history.val_accuracy[epoch]),
      history.val_accuracy.mean[epoch] ?? Number.NaN,
      VALIDATION,
    );
  return compare;
}

async function trainRun(
  golden: ReferenceCase,
  engine: Engine,
  seed: number,
  { threads, data }: Required<GoldenOptions>,
): Promise<RunFigures> {
  const dataset = await readIdxDataset(
    {
      trainImages: join(data, "train-images-idx3-ubyte.gz"),
      trainLabels: join(data, "train-labels-idx1-ubyte.gz"),
      testImages: join(data, "t10k-images-idx3-ubyte.gz"),
      testLabels: join(data, "t10k-labels-idx1-ubyte.gz"),
    },
    FASHION_MNIST_CLASSES,
  );
  const { name, ...numbers } = golden.optimizer;
  const layers = golden.model.layers.map(({ class_name, config }) => ({ class_name, ...config }));
  const { loss, batch_size, epochs, validation_split } = golden;
  const plan = TrainPlan.parse({
    data: { dataset: "fashion-mnist" },
    model: { layers: [{ class_name: "Flatten" }, ...layers] },
    optimizer: { class_name: name, ...numbers },
    ...{ loss, batch_size, epochs, validation_split, seed },
  });
  const history = { loss: [] as number[], val_accuracy: [] as number[] };
  const job = { plan, dataset, threads };
  for await (const event of engine.train(job, new AbortController().signal)) {
    if (event.kind === "diverged") throw new Error(`seed ${seed} diverged`);
    if (event.kind === "epoch") {
      history.loss.push(event.metrics.loss);
      history.val_accuracy.push(event.metrics.val_accuracy ?? Number.NaN);
      continue;
    }
    const model = exportModel(plan, dataset, event.weights);
    const report = await evaluateModel(model, dataset.test, { threads });
    if (report.task !== "classification") throw new Error(`a report of ${report.task}`);
    return { history, test: { accuracy: report.accuracy, f1_macro: report.macro.f1 } };
  }
  throw new Error("the training has no end");
}
