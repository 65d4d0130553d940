import { AppError, type EpochMetrics, type RunEnding, type TrainPlan } from "@sweepyard/contract";
import type { Augmenter } from "./augmentation/augmenter.js";
import { createAugmenter } from "./augmentation/createAugmenter.js";
import { CallbackSet, type CallbackState } from "./callbacks/callbackSet.js";
import { monitorErrors } from "./callbacks/monitorErrors.js";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  planFingerprint,
} from "./checkpoint.js";
import {
  type Engine,
  MOVING_AVERAGE,
  type StepEngine,
  type StepSession,
  type TrainEvent,
  type TrainJob,
} from "./engine.js";
import { epochOrder } from "./epochOrder.js";
import { inputScaling, preprocessDataset } from "./inputScaling.js";
import { describeModel, type ModelDescription } from "./model/describeModel.js";
import { initialWeights } from "./model/initialWeights.js";
import { modelTask } from "./model/modelTask.js";
import { Pace } from "./pace.js";
import { rowWeights } from "./rowWeights.js";
import { createSchedule } from "./schedules/createSchedule.js";
import type { Schedule } from "./schedules/schedule.js";
import { type SplitRows, splitRows } from "./splitRows.js";
import type { Tensors } from "./tensor.js";
import { evaluateRows, evaluationRows, trainAugmented, trainRows } from "./trainEpoch.js";

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
  const resumed = readResumed(job, model, fingerprint);
  signal.throwIfAborted();
  const weightOfRows = rowWeights(dataset, plan, split.train);
  const scaling = inputScaling(dataset, plan.data.preprocessing, split.train);
  const augmenter = createAugmenter(job, model.outputs, weightOfRows, scaling);
  try {
    const session = await engine.openSession({
      model,
      optimizer: plan.optimizer,
      loss: plan.loss,
      dataset: preprocessDataset(dataset, plan.data.preprocessing, scaling),
      rowWeights: weightOfRows,
      seed: plan.seed,
      threads: job.threads,
      weights: resumed?.weights ?? job.initialWeights ?? initialWeights(model, plan.seed),
      slots: resumed?.slots,
      iterations: resumed?.iterations,
    });
    try {
      const adopts = job.adopts === true;
      const training = { plan, model, split, session, augmenter, resumed, adopts, fingerprint };
      yield* runEpochs(training, signal);
    } finally {
      await session.release();
    }
  } finally {
    await augmenter?.close();
  }
}

/** Where the run goes on from; an adopted checkpoint must fit the model, not the plan. */
function readResumed(
  { resume, adopts = false }: TrainJob,
  model: ModelDescription,
  fingerprint: string,
): Checkpoint | undefined {
  if (resume === undefined || !adopts) return resume && decodeCheckpoint(resume, fingerprint);
  const checkpoint = decodeCheckpoint(resume);
  for (const { name, shape } of model.weights) {
    const found = checkpoint.weights.get(name)?.shape;
    if (found?.join() !== shape.join())
      throw new AppError(
        "data_invalid",
        `the checkpoint is of another model: its ${name} is ${found === undefined ? "missing" : `[${found.join(", ")}]`}, not [${shape.join(", ")}]`,
      );
  }
  return checkpoint;
}

interface Training {
  readonly plan: TrainPlan;
  readonly model: ModelDescription;
  readonly split: SplitRows;
  readonly session: StepSession;
  readonly augmenter: Augmenter | undefined;
  readonly resumed: Checkpoint | undefined;
  readonly adopts: boolean;
  readonly fingerprint: string;
}

async function* runEpochs(
  { plan, model, split, session, augmenter, resumed, adopts, fingerprint }: Training,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const callbacks = new CallbackSet(plan.callbacks, constantRate(plan));
  const schedule = scheduleOf(plan, split.train.length);
  const pace = new Pace();
  let state = (adopts ? undefined : resumed?.callbacks) ?? callbacks.initial;
  let epoch = resumed?.epoch ?? 0;
  let bestWeights = state.bestEpoch === epoch ? resumed?.weights : resumed?.bestWeights;
  while (epoch < plan.epochs && state.stopped === null) {
    const started = performance.now();
    const order = epochOrder(split.train, plan.shuffle, plan.seed, epoch);
    const constant = state.learningRate ?? Number.NaN;
    const rateAt = schedule ?? (() => constant);
    const stepping = { session, batch: plan.batch_size, rateAt, pace, signal };
    const training =
      augmenter === undefined
        ? await trainRows(stepping, order)
        : await trainAugmented(stepping, augmenter.epoch(epoch, order));
    epoch++;
    const trained = performance.now();
    const validation = training.isFinite
      ? await evaluateRows(session, split.validation, evaluationRows(model.flops), signal)
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
      checkpoint: (owner) => encodeCheckpoint(snapshot(session, now), fingerprint, owner),
    };
  }
  signal.throwIfAborted();
  const weights = bestWeights ?? averaged(session);
  const finite = [...weights.values()].every(({ data }) => data.every(Number.isFinite));
  yield finite
    ? { kind: "trained", ending: endingOf(plan, epoch, state), weights }
    : { kind: "diverged", epoch };
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
