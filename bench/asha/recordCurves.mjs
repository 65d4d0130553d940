import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { FASHION_MNIST_CLASSES, TrainPlan } from "@sweepyard/contract";
import { onnxEngine, readIdxDataset } from "@sweepyard/engine";
import { createUniform, randomSampler } from "@sweepyard/search";
import { planOf, ROWS, SPACE } from "./sweep.mjs";

/**
 * Trains random configurations to their end and writes each one's validation accuracy, epoch by
 * epoch; goes on from what `file` holds already, so that it may be stopped at any time.
 * @param files paths of Fashion-MNIST's four files
 */
export async function recordCurves(file, { count, files, say }) {
  const recorded = existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : { curves: [] };
  const dataset = await readRows(files);
  const seeds = createUniform(27);
  const asks = Array.from({ length: count }, () => Math.floor(seeds() * 2 ** 32));
  for (const [index, seed] of asks.entries()) {
    if (index < recorded.curves.length) continue;
    const { params } = randomSampler.ask(SPACE, [], seed);
    const plan = TrainPlan.parse({
      ...planOf(params),
      seed,
      validation_split: ROWS.validation / (ROWS.train + ROWS.validation),
    });
    const values = await train({ plan, dataset, threads: 1 });
    recorded.curves.push({ params, values });
    const curves = recorded.curves.map((curve) => `  ${JSON.stringify(curve)}`).join(",\n");
    const head = `"rows": ${JSON.stringify(ROWS)}, "metric": "val_accuracy"`;
    await writeFile(file, `{ ${head}, "curves": [\n${curves}\n]}\n`);
    say(`${index + 1} of ${count}: ${values.at(-1)}`);
  }
}

/** The objective after each epoch; shorter where the run diverged. */
async function train(job) {
  const values = [];
  for await (const event of onnxEngine.train(job, new AbortController().signal))
    if (event.kind === "epoch") values.push(Number(event.metrics.val_accuracy.toPrecision(6)));
  return values;
}

async function readRows(files) {
  const { train, ...rest } = await readIdxDataset(files, FASHION_MNIST_CLASSES);
  const size = train.x.length / train.count;
  const count = ROWS.train + ROWS.validation;
  const rows = { count, x: train.x.subarray(0, count * size), y: train.y.subarray(0, count) };
  return { ...rest, train: rows };
}
