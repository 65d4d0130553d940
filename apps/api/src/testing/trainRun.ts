import {
  DatasetFiles,
  DatasetTask,
  type Id,
  type Report,
  type TrainPlan,
} from "@sweepyard/contract";
import {
  claimRun,
  type Db,
  finishRun,
  queuedDeliveries,
  registerWorker,
  reportEpoch,
} from "@sweepyard/db";
import {
  type Dataset,
  encodeSafetensors,
  evaluateModel,
  exportModel,
  onnxEngine,
  readStoredDataset,
} from "@sweepyard/engine";

/** Trains a queued run to its end as a worker would: real engine, real database. */
export async function trainRun(db: Db, runId: Id): Promise<Report> {
  const [delivery] = await queuedDeliveries(db, { runId });
  if (delivery === undefined) throw new Error("the run is not queued");
  const workerId = await registerWorker(db, {
    name: "test",
    host: "localhost",
    pid: process.pid,
    version: "0",
    slots: [{ slot: 0, device: "cpu" }],
  });
  const claimed = await claimRun(db, {
    runId,
    generation: delivery.generation,
    workerId,
    slot: 0,
    device: "cpu",
    leaseMs: 60_000,
    maxAttempts: 1,
  });
  if (claimed?.trainer !== "engine") throw new Error("the run could not be claimed");
  const own = { runId, attempt: claimed.attempt };
  const { weights, ending, dataset } = await train(db, claimed.plan, own);
  const bytes = exportModel(claimed.plan, dataset, weights);
  const report = await evaluateModel(bytes, dataset.test);
  const model = await db.artifacts.put(bytes);
  const stored = await db.artifacts.put(encodeSafetensors(weights));
  await finishRun(db, own, { kind: "completed", ending, report, weights: stored, model });
  return report;
}

/** The run's data set as it is stored. */
async function readDataset(db: Db, runId: Id): Promise<Dataset> {
  const { dataset } = await db.prisma.run.findUniqueOrThrow({
    where: { id: runId },
    select: { dataset: true },
  });
  if (dataset === null) throw new Error("the run has no data set");
  const source = {
    files: DatasetFiles.parse(dataset.files),
    task: DatasetTask.parse(dataset.task),
    classNames: dataset.classNames,
  };
  return readStoredDataset(source, ({ sha256 }) => db.artifacts.path(sha256));
}

async function train(db: Db, plan: TrainPlan, own: { runId: Id; attempt: number }) {
  const dataset = await readDataset(db, own.runId);
  const signal = new AbortController().signal;
  for await (const event of onnxEngine.train({ plan, dataset, threads: 1 }, signal)) {
    if (event.kind === "trained") return { ...event, dataset };
    if (event.kind === "diverged") break;
    const { epoch, metrics, seconds, samplesPerSecond } = event;
    const checkpoint = await db.artifacts.put(event.checkpoint());
    await reportEpoch(db, own, { epoch, metrics, seconds, samplesPerSecond, checkpoint });
  }
  throw new Error("the run did not train");
}
