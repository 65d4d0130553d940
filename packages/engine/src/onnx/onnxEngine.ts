import type { EpochMetrics } from "@sweepyard/contract";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  planFingerprint,
} from "../checkpoint.js";
import { describeModel } from "../describeModel.js";
import type { Engine, TrainEvent, TrainJob } from "../engine.js";
import { epochOrder, trainingRows } from "../epochOrder.js";
import { initialWeights } from "../initialWeights.js";
import { TrainingSession } from "./trainingSession.js";

/** A native call blocks the event loop and cannot be stopped, so it gets steps for about so long. */
const CALL_MS = 80;
/** Rows that validate in one call; part of what the sums' last digits depend on. */
const EVALUATION_ROWS = 512;

/** Trains on the CPU through onnxruntime: the plan becomes one graph that runs many steps a call. */
export const onnxEngine: Engine = {
  id: "onnx",
  device: "cpu",
  train,
};

async function* train(job: TrainJob, signal: AbortSignal): AsyncGenerator<TrainEvent> {
  const { plan, dataset } = job;
  const { train: rows } = dataset;
  const model = describeModel(plan.model, dataset.inputShape, dataset.classNames.length);
  const trainCount = trainingRows(rows.count, plan.validation_split);
  const fingerprint = planFingerprint(plan, dataset);
  const resumed = job.resume === undefined ? undefined : decodeCheckpoint(job.resume, fingerprint);
  signal.throwIfAborted();
  const session = await TrainingSession.create({
    model,
    optimizer: plan.optimizer,
    rows,
    threads: job.threads,
    weights: resumed?.weights ?? job.initialWeights ?? initialWeights(model, plan.seed),
    slots: resumed?.slots,
    iterations: resumed?.iterations,
  });
  const pace = new Pace();
  const learningRate = Number(plan.optimizer.learning_rate);

  for (let epoch = resumed?.epoch ?? 0; epoch < plan.epochs; epoch++) {
    const started = performance.now();
    const order = epochOrder(trainCount, plan.shuffle, plan.seed, epoch);
    const sums = { nats: 0, correct: 0 };
    for (let from = 0; from < trainCount; ) {
      signal.throwIfAborted();
      const batchSize = Math.min(plan.batch_size, trainCount - from);
      const steps = Math.min(pace.steps, Math.floor((trainCount - from) / batchSize));
      const to = from + steps * batchSize;
      const batches = await pace.measure(steps, () =>
        session.train(order.subarray(from, to), batchSize, learningRate),
      );
      for (const { nats, correct } of batches) {
        sums.nats += nats;
        sums.correct += correct;
      }
      if (!Number.isFinite(sums.nats)) {
        yield { kind: "diverged", epoch: epoch + 1 };
        return;
      }
      from = to;
    }
    const trained = performance.now();
    const validation = await validate(session, trainCount, rows.count, signal);
    const metrics: EpochMetrics = {
      loss: sums.nats / trainCount,
      accuracy: sums.correct / trainCount,
      ...validation,
      learning_rate: learningRate,
    };
    if (validation.val_loss !== undefined && !Number.isFinite(validation.val_loss)) {
      yield { kind: "diverged", epoch: epoch + 1 };
      return;
    }
    yield {
      kind: "epoch",
      epoch: epoch + 1,
      metrics,
      seconds: (performance.now() - started) / 1000,
      samplesPerSecond: (trainCount / (trained - started)) * 1000,
      checkpoint: () => encodeCheckpoint({ epoch: epoch + 1, ...snapshot(session) }, fingerprint),
    };
  }
  signal.throwIfAborted();
  const weights = session.weights();
  const finite = [...weights.values()].every(({ data }) => data.every(Number.isFinite));
  yield finite
    ? { kind: "trained", epochs: plan.epochs, weights }
    : { kind: "diverged", epoch: plan.epochs };
}

const snapshot = (session: TrainingSession): Omit<Checkpoint, "epoch"> => ({
  iterations: session.iterations,
  weights: session.weights(),
  slots: session.slots(),
});

/** Mean loss and accuracy over rows [from, to); nothing where there are none. */
async function validate(
  session: TrainingSession,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<{ val_loss?: number; val_accuracy?: number }> {
  if (from === to) return {};
  let nats = 0;
  let correct = 0;
  for (let first = from; first < to; first += EVALUATION_ROWS) {
    signal.throwIfAborted();
    const length = Math.min(EVALUATION_ROWS, to - first);
    const batch = await session.evaluate(Int32Array.from({ length }, (_, row) => first + row));
    nats += batch.nats;
    correct += batch.correct;
  }
  return { val_loss: nats / (to - from), val_accuracy: correct / (to - from) };
}

/** Chooses how many steps to give a call, from how long the last ones took. */
class Pace {
  steps = 1;

  async measure<Result>(steps: number, call: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await call();
    const stepMs = (performance.now() - started) / steps;
    this.steps = Math.max(1, Math.min(Math.floor(CALL_MS / stepMs), this.steps * 8));
    return result;
  }
}
