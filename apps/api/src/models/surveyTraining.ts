import type { Baseline } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import {
  labelsOf,
  loadModel,
  modelInputs,
  outputsOf,
  type Rows,
  readStoredDataset,
} from "@sweepyard/engine";
import { countTenths, summaryNames, summaryOf, tenthsOf } from "../predict/inputSummary.js";
import { readStored } from "./exportRun.js";
import type { BaselineJob } from "./modelJob.js";

/** Rows that are looked at, spread over the split; a tenth of them is known to about 5 %. */
const MOST_ROWS = 5000;

/** What a model finds in its training rows: the tenths of its inputs, and its predicted classes. */
export async function surveyTraining({ artifactsDir, source }: BaselineJob): Promise<Baseline> {
  const store = new ArtifactStore(artifactsDir);
  const { train } = await readStoredDataset(source, ({ sha256 }) => store.path(sha256));
  const rows = spread(train);
  const size = rows.x.length / rows.count;
  const inputs = modelInputs(rows.x);
  const summaries = Array.from({ length: rows.count }, (_, row) =>
    summaryOf(inputs.subarray(row * size, (row + 1) * size)),
  );
  const model = await loadModel(await readStored(store, source.model));
  try {
    return {
      rows: rows.count,
      inputs: summaryNames(size).map((name, at) => {
        const values = summaries.map((summary) => summary[at] ?? 0);
        const edges = tenthsOf(values);
        return { name, edges, counts: countTenths(values, edges) };
      }),
      classes:
        model.task === "classification"
          ? countLabels(await outputsOf(model, rows), model.classNames.length)
          : null,
    };
  } finally {
    await model.release();
  }
}

function spread({ count, x, y }: Rows): Rows {
  const kept = Math.min(count, MOST_ROWS);
  const size = x.length / count;
  const chosen = x.slice(0, kept * size);
  for (let i = 0; i < kept; i++) {
    const row = Math.floor((i * count) / kept);
    chosen.set(x.subarray(row * size, (row + 1) * size), i * size);
  }
  return { count: kept, x: chosen, y };
}

function countLabels(outputs: Float32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labelsOf(outputs, classes)) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
