import type { EpochMetrics } from "@sweepyard/contract";
import { decodeCheckpoint, encodeCheckpoint, planFingerprint } from "./checkpoint.js";
import type {
  BatchMetrics,
  Engine,
  StepEngine,
  StepSession,
  TrainEvent,
  TrainJob,
} from "./engine.js";
import { epochOrder } from "./epochOrder.js";
import { describeModel } from "./model/describeModel.js";
import { initialWeights } from "./model/initialWeights.js";
import { modelTask } from "./model/modelTask.js";
import { splitRows } from "./splitRows.js";

/** A native call blocks the event loop and cannot be stopped, so it gets steps for about so long. */
const CALL_MS = 80;
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
  const { train: trainRows, validation: validationRows } = splitRows(dataset, plan);
  const fingerprint = planFingerprint(plan, dataset);
  const resumed = job.resume === undefined ? undefined : decodeCheckpoint(job.resume, fingerprint);
  signal.throwIfAborted();
  const session = await engine.openSession({
    model,
    optimizer: plan.optimizer,
    loss: plan.loss,
    dataset,
    seed: plan.seed,
    threads: job.threads,
    weights: resumed?.weights ?? job.initialWeights ?? initialWeights(model, plan.seed),
    slots: resumed?.slots,
    iterations: resumed?.iterations,
  });
  const pace = new Pace();
  const learningRate = Number(plan.optimizer.learning_rate);
  try {
    for (let epoch = resumed?.epoch ?? 0; epoch < plan.epochs; epoch++) {
      const started = performance.now();
      const order = epochOrder(trainRows, plan.shuffle, plan.seed, epoch);
      const sums = new MetricSums();
      for (let from = 0; from < order.length; ) {
        signal.throwIfAborted();
        const batchSize = Math.min(plan.batch_size, order.length - from);
        const steps = Math.min(pace.steps, Math.floor((order.length - from) / batchSize));
        const to = from + steps * batchSize;
        const batches = await pace.measure(steps, () =>
          session.train({
            order: order.subarray(from, to),
            batchSize,
            rates: new Float64Array(steps).fill(learningRate),
          }),
        );
        for (const batch of batches) sums.add(batch);
        if (!sums.isFinite) {
          yield { kind: "diverged", epoch: epoch + 1 };
          return;
        }
        from = to;
      }
      const trained = performance.now();
      const validation = await evaluateRows(session, validationRows, signal);
      if (!validation.isFinite) {
        yield { kind: "diverged", epoch: epoch + 1 };
        return;
      }
      yield {
        kind: "epoch",
        epoch: epoch + 1,
        metrics: {
          ...sums.means(),
          ...validation.validationMeans(),
          learning_rate: learningRate,
        },
        seconds: (performance.now() - started) / 1000,
        samplesPerSecond: (order.length / (trained - started)) * 1000,
        checkpoint: () =>
          encodeCheckpoint(
            {
              epoch: epoch + 1,
              iterations: session.iterations,
              weights: session.weights(),
              slots: session.slots(),
            },
            fingerprint,
          ),
      };
    }
    signal.throwIfAborted();
    const weights = session.weights();
    const finite = [...weights.values()].every(({ data }) => data.every(Number.isFinite));
    yield finite
      ? { kind: "trained", epochs: plan.epochs, weights }
      : { kind: "diverged", epoch: plan.epochs };
  } finally {
    await session.release?.();
  }
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

/** Adds up batches in double precision. */
class MetricSums {
  #rows = 0;
  readonly #sums = new Map<string, number>();

  add({ rows, lossSum, metricSums }: BatchMetrics): void {
    this.#rows += rows;
    for (const [name, sum] of [["loss", lossSum] as const, ...Object.entries(metricSums)])
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + sum);
  }

  get isFinite(): boolean {
    return this.#rows === 0 || Number.isFinite(this.#sums.get("loss"));
  }

  means(): Omit<EpochMetrics, "learning_rate"> {
    const { loss = Number.NaN, ...rest } = this.#means("");
    return { loss, ...rest };
  }

  /** Nothing where no rows validate. */
  validationMeans(): Partial<EpochMetrics> {
    return this.#means("val_");
  }

  #means(prefix: string): Partial<Omit<EpochMetrics, "learning_rate">> {
    const means = [...this.#sums].map(([name, sum]) => [`${prefix}${name}`, sum / this.#rows]);
    return Object.fromEntries(means);
  }
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
