import { createInterface } from "node:readline";
import { describeModel, modelTask, onnxEngine } from "@sweepyard/engine";
import { seedPlan, seedRows } from "./seedRun.mjs";

const setup = JSON.parse(process.argv[2]);
const dataset = await seedRows(setup);
const plan = seedPlan(setup, {
  epochs: 100_000,
  validation_split: setup.validation / (setup.rows + setup.validation),
});
const job = { plan, dataset, threads: setup.threads };
const epochs = onnxEngine.train(job, new AbortController().signal)[Symbol.asyncIterator]();

const { layers, flops } = describeModel(plan.model, modelTask(plan, dataset));
// Forward, and twice as much for both gradients, of which the first layer needs one.
const first = layers.find((layer) => layer.flops > 0);
const about = {
  version: `on Node ${process.versions.node}`,
  flopsPerRow: 3 * flops - first.flops,
};
console.log(JSON.stringify(about));
for await (const _line of createInterface({ input: process.stdin })) {
  const { value } = await epochs.next();
  const seconds = setup.rows / value.samplesPerSecond;
  const { loss } = value.metrics;
  console.log(JSON.stringify({ seconds, epochSeconds: value.seconds, loss }));
}
