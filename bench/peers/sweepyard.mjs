import { createInterface } from "node:readline";
import { FASHION_MNIST_CLASSES, TrainPlan } from "@sweepyard/contract";
import { onnxEngine, readIdxDataset } from "@sweepyard/engine";

const setup = JSON.parse(process.argv[2]);
const { train, ...rest } = await readIdxDataset(setup, FASHION_MNIST_CLASSES);
const size = train.x.length / train.count;
const count = setup.rows + setup.validation;
const rows = { count, x: train.x.subarray(0, count * size), y: train.y.subarray(0, count) };
const plan = TrainPlan.parse({
  data: { dataset: "fashion-mnist" },
  batch_size: setup.batch,
  epochs: 100_000,
  validation_split: setup.validation / count,
  seed: 1,
});
const job = { plan, dataset: { ...rest, train: rows }, threads: setup.threads };
const epochs = onnxEngine.train(job, new AbortController().signal)[Symbol.asyncIterator]();

console.log(JSON.stringify({ version: `on Node ${process.versions.node}` }));
for await (const _line of createInterface({ input: process.stdin })) {
  const { value } = await epochs.next();
  const seconds = setup.rows / value.samplesPerSecond;
  const { loss } = value.metrics;
  console.log(JSON.stringify({ seconds, epochSeconds: value.seconds, loss }));
}
