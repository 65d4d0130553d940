import { ArtifactStore } from "@sweepyard/db/artifactStore";
import {
  compareRivals,
  type LoadedModel,
  labelsOf,
  latencyMs,
  loadModel,
  outputsOf,
  type Rows,
  readStoredDataset,
} from "@sweepyard/engine";
import { readStored } from "./exportRun.js";
import type { CompareJob, CompareResult } from "./modelJob.js";

/** Runs candidate and champion on the candidate's test split. */
export async function compareModels(job: CompareJob): Promise<CompareResult> {
  const { source, champion } = job;
  const store = new ArtifactStore(job.artifactsDir);
  const { test } = await readStoredDataset(source, ({ sha256 }) => store.path(sha256));
  const candidate = await loadModel(await readStored(store, source.model));
  try {
    const latency = await latencyMs(candidate, test);
    if (champion === null) return { latencyMs: latency, rivalry: null };
    const rival = await loadModel(await readStored(store, champion));
    try {
      return { latencyMs: latency, rivalry: await compare(candidate, rival, test) };
    } finally {
      await rival.release();
    }
  } finally {
    await candidate.release();
  }
}

async function compare(candidate: LoadedModel, champion: LoadedModel, test: Rows) {
  if (candidate.task !== "classification")
    return "McNemar's test is of classes, and the model has none";
  const describe = ({ inputShape, classNames }: LoadedModel) =>
    JSON.stringify([inputShape, classNames]);
  if (describe(candidate) !== describe(champion))
    return "the champion takes other inputs or knows other classes";
  const right = async (model: LoadedModel) => {
    const labels = labelsOf(await outputsOf(model, test), model.classNames.length);
    return labels.map((label, row) => label === test.y[row]);
  };
  return compareRivals(await right(champion), await right(candidate));
}
