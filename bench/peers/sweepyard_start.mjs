// Prints what a fresh process takes to the first step of a run, and of a second one that differs in
// its learning rate alone, then the memory of a run that trains on all rows.

import { onnxEngine } from "@sweepyard/engine";
import { seedPlan, seedRows } from "./seedRun.mjs";

const setup = JSON.parse(process.argv[2]);
const dataset = await seedRows(setup);
const MIB = 2 ** 20;
const residentMiB = () => process.memoryUsage().rss / MIB;
const dataMiB = residentMiB();

/** Ends after its first epoch. @returns ms until then. */
async function trainOneEpoch(rows, changes) {
  const size = dataset.train.x.length / dataset.train.count;
  const train = {
    count: rows,
    x: dataset.train.x.subarray(0, rows * size),
    y: dataset.train.y.subarray(0, rows),
  };
  const plan = seedPlan(setup, { epochs: 1, validation_split: 0, ...changes });
  const job = { plan, dataset: { ...dataset, train }, threads: setup.threads };
  const started = performance.now();
  for await (const event of onnxEngine.train(job, new AbortController().signal))
    if (event.kind === "epoch") return performance.now() - started;
  throw new Error("the run ended before its first epoch");
}

const firstRunMs = await trainOneEpoch(setup.batch, {});
const optimizer = { class_name: "Adam", learning_rate: 3e-4 };
const nextRunMs = await trainOneEpoch(setup.batch, { optimizer });
await trainOneEpoch(setup.rows, {});
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    firstRunMs,
    nextRunMs,
    compileMs: firstRunMs - nextRunMs,
    dataMiB,
    runMiB: peakMiB - dataMiB,
  }),
);
