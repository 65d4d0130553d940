import { readFile } from "node:fs/promises";
import { AppError } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import {
  calibrationRows,
  exportTrained,
  measureExport,
  readStoredDataset,
  readTrainedModel,
} from "@sweepyard/engine";
import type { ExportJob, ExportResult } from "./modelJob.js";

/** Makes the files of an `ExportJob`, runs each on test rows, and stores those that do as they should. */
export async function exportRun(job: ExportJob): Promise<ExportResult> {
  const { source, formats, measure: whole, python } = job;
  const store = new ArtifactStore(job.artifactsDir);
  const { plan, inputShape, classNames, task } = source;
  const trained = readTrainedModel(
    { plan, data: { inputShape, classNames, task } },
    await readStored(store, source.weights),
    await readStored(store, source.model),
  );
  const dataset = await readStoredDataset(source, ({ sha256 }) => store.path(sha256));
  const made = [];
  for (const format of formats) {
    const bytes = await exportTrained(trained, format, () => calibrationRows(dataset.train));
    const figures = await measureExport(trained, format, bytes, dataset.test, { whole, python });
    made.push({ format, file: await store.put(bytes), figures });
  }
  return made;
}

/** @throws {AppError} `not_found`. */
export async function readStored(store: ArtifactStore, sha256: string): Promise<Uint8Array> {
  try {
    return await readFile(store.path(sha256));
  } catch (cause) {
    throw new AppError("not_found", `the file ${sha256} of the model was deleted`, { cause });
  }
}
