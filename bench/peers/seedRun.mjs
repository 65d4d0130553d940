import { FASHION_MNIST_CLASSES, TrainPlan } from "@sweepyard/contract";
import { readIdxDataset } from "@sweepyard/engine";

/** The rows that train and those that validate, behind them, as Keras splits. */
export async function seedRows(setup) {
  const { train, ...rest } = await readIdxDataset(setup, FASHION_MNIST_CLASSES);
  const size = train.x.length / train.count;
  const count = setup.rows + setup.validation;
  const rows = { count, x: train.x.subarray(0, count * size), y: train.y.subarray(0, count) };
  return { ...rest, train: rows };
}

export const seedPlan = (setup, changes) =>
  TrainPlan.parse({
    data: { dataset: "fashion-mnist" },
    model: setup.model,
    batch_size: setup.batch,
    seed: 1,
    ...changes,
  });
