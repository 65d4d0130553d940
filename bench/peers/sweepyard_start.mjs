// Prints what a fresh process takes to the first step of a run, what further runs take that differ in
// their learning rate alone, how much longer those with a graph of their own, and the memory of a run
// that trains on all rows.

import { onnxEngine } from "@sweepyard/engine";
import { median } from "../statistics.mjs";
import { seedPlan, seedRows } from "./seedRun.mjs";

const setup = JSON.parse(process.argv[2]);
const dataset = await seedRows(setup);
const MIB = 2 ** 20;
const TIMES = 3;
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
const nextRuns = [];
const newGraphs = [];
for (let time = 1; time <= TIMES; time++) {
  const optimizer = { class_name: "Adam", learning_rate: 1e-3 / time };
  nextRuns.push(await trainOneEpoch(setup.batch, { optimizer }));
  // As large, and another graph.
  const model = { ...setup.model, units: [512, 256 - time] };
  newGraphs.push(await trainOneEpoch(setup.batch, { model }));
}
const nextRunMs = median(nextRuns);
await trainOneEpoch(setup.rows, {});
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    firstRunMs,
    nextRunMs,
    compileMs: median(newGraphs) - nextRunMs,
    dataMiB,
    runMiB: peakMiB - dataMiB,
  }),
);
