import { AppError, type EpochMetrics, type RunEnding, type TrainPlan } from "@sweepyard/contract";
import { CallbackSet, type CallbackState } from "./callbacks/callbackSet.js";
import { monitorErrors } from "./callbacks/monitorErrors.js";
import { decodeCheckpoint, encodeCheckpoint, planFingerprint } from "./checkpoint.js";
import {
  type Engine,
  MOVING_AVERAGE,
  type StepEngine,
  type StepSession,
  type TrainEvent,
  type TrainJob,
} from "./engine.js";
import { epochOrder } from "./epochOrder.js";
import { MetricSums } from "./metricSums.js";
import { describeModel } from "./model/describeModel.js";
import { initialWeights } from "./model/initialWeights.js";
import { modelTask } from "./model/modelTask.js";
import { Pace } from "./pace.js";
import { rowWeights } from "./rowWeights.js";
import { createSchedule, type Schedule } from "./schedules/schedule.js";
import { splitRows } from "./splitRows.js";
import type { Tensors } from "./tensor.js";

/** Rows that validate in one call; part of what the sums' last digits depend on. */
const EVALUATION_ROWS = 512;

/** Puts the training loop around what an engine brings. */
export const createEngine = (engine: StepEngine): Engine => ({
  ...engine,
  train: (job, signal) => trainingLoop(engine, job, signal),
});

async function* trainingLoop(
  engine: StepEngine,
  job: TrainJob,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const { plan, dataset } = job;
  const model = describeModel(plan.model, modelTask(plan, dataset));
  const split = splitRows(dataset, plan);
  refuseUnmeasured(plan, job, split.validation.length > 0);
  const fingerprint = planFingerprint(plan, dataset);
  const resumed = job.resume === undefined ? undefined : decodeCheckpoint(job.resume, fingerprint);
  const callbacks = new CallbackSet(plan.callbacks, constantRate(plan));
  let state = resumed?.callbacks ?? callbacks.initial;
  let bestWeights = resumed?.bestWeights;
  signal.throwIfAborted();
  const session = await engine.openSession({
    model,
    optimizer: plan.optimizer,
    loss: plan.loss,
    dataset,
    rowWeights: rowWeights(dataset, plan, split.train),
    seed: plan.seed,
    threads: job.threads,
    weights: resumed?.weights ?? job.initialWeights ?? initialWeights(model, plan.seed),
    slots: resumed?.slots,
    iterations: resumed?.iterations,
  });
  const schedule = scheduleOf(plan, split.train.length);
  const pace = new Pace();
  let epoch = resumed?.epoch ?? 0;
  try {
    if (resumed !== undefined && state.bestEpoch === epoch) bestWeights = resumed.weights;
    while (epoch < plan.epochs && state.stopped === null) {
      const started = performance.now();
      const order = epochOrder(split.train, plan.shuffle, plan.seed, epoch);
      epoch++;
      const constant = state.learningRate ?? Number.NaN;
      const rateAt = schedule ?? (() => constant);
      const training = await trainEpoch(session, order, plan.batch_size, rateAt, pace, signal);
      const trained = performance.now();
      const validation = training.isFinite
        ? await evaluateRows(session, split.validation, signal)
        : training;
      if (!validation.isFinite) {
        yield { kind: "diverged", epoch };
        return;
      }
      const metrics: EpochMetrics = {
        ...training.means(),
        ...validation.validationMeans(),
        learning_rate: rateAt(session.iterations - 1),
      };
      const seconds = (performance.now() - started) / 1000;
      state = callbacks.after(state, { epoch, metrics, seconds });
      const isBest = state.bestEpoch === epoch;
      if (isBest) bestWeights = session.weights();
      const now = { epoch, state, bestWeights: isBest ? undefined : bestWeights };
      yield {
        kind: "epoch",
        epoch,
        metrics,
        seconds,
        samplesPerSecond: (order.length / (trained - started)) * 1000,
        isBest,
        isLast: epoch === plan.epochs || state.stopped !== null,
        checkpoint: () => encodeCheckpoint(snapshot(session, now), fingerprint),
      };
    }
    signal.throwIfAborted();
    const weights = bestWeights ?? averaged(session);
    const finite = [...weights.values()].every(({ data }) => data.every(Number.isFinite));
    yield finite
      ? { kind: "trained", ending: endingOf(plan, epoch, state), weights }
      : { kind: "diverged", epoch };
  } finally {
    await session.release?.();
  }
}

/** One update for each batch of `order`, the last of which may be short. Ends early on divergence. */
async function trainEpoch(
  session: StepSession,
  order: Int32Array,
  batch: number,
  rateAt: Schedule,
  pace: Pace,
  signal: AbortSignal,
): Promise<MetricSums> {
  const sums = new MetricSums();
  for (let from = 0; from < order.length && sums.isFinite; ) {
    signal.throwIfAborted();
    const batchSize = Math.min(batch, order.length - from);
    const steps = Math.min(pace.steps, Math.floor((order.length - from) / batchSize));
    const to = from + steps * batchSize;
    const first = session.iterations;
    const rates = Float64Array.from({ length: steps }, (_, step) => rateAt(first + step));
    const batches = await pace.measure(steps, () =>
      session.train({ order: order.subarray(from, to), batchSize, rates }),
    );
    for (const metrics of batches) sums.add(metrics);
    from = to;
  }
  return sums;
}

async function evaluateRows(
  session: StepSession,
  rows: Int32Array,
  signal: AbortSignal,
): Promise<MetricSums> {
  const sums = new MetricSums();
  for (let from = 0; from < rows.length; from += EVALUATION_ROWS) {
    signal.throwIfAborted();
    sums.add(await session.evaluate(rows.subarray(from, from + EVALUATION_ROWS)));
  }
  return sums;
}

interface Standing {
  readonly epoch: number;
  readonly state: CallbackState;
  readonly bestWeights: Tensors | undefined;
}

const snapshot = (session: StepSession, { epoch, state, bestWeights }: Standing) => ({
  epoch,
  iterations: session.iterations,
  weights: session.weights(),
  slots: session.slots(),
  callbacks: state,
  ...(bestWeights && { bestWeights }),
});

/** The weights, in the place of which their moving average stands where there is one. */
const averaged = (session: StepSession): Tensors =>
  new Map([...session.weights(), ...(session.slots().get(MOVING_AVERAGE) ?? [])]);

const endingOf = (
  plan: TrainPlan,
  epochs: number,
  { stopped, bestEpoch }: CallbackState,
): RunEnding => ({
  epochs,
  ...(stopped !== null && epochs < plan.epochs && { stopped }),
  ...(bestEpoch !== null && { bestEpoch }),
});

const constantRate = ({ optimizer: { learning_rate: rate } }: TrainPlan): number | null =>
  typeof rate === "number" ? rate : null;

/** Undefined where the rate is constant but for plateaus. */
function scheduleOf(plan: TrainPlan, trainRows: number): Schedule | undefined {
  const { learning_rate: rate } = plan.optimizer;
  if (typeof rate === "number") return undefined;
  return createSchedule(rate, Math.ceil(trainRows / plan.batch_size) * plan.epochs);
}

function refuseUnmeasured(plan: TrainPlan, { dataset }: TrainJob, validates: boolean): void {
  const errors = monitorErrors(plan.callbacks, dataset.task, validates);
  if (errors.length === 0) return;
  const text = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("invalid_request", text, { errors });
}
