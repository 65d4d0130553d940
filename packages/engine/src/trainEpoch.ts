import type { Augmenter } from "./augmentation/augmenter.js";
import type { StepSession, TrainBatches } from "./engine.js";
import { MetricSums } from "./metricSums.js";
import type { Pace } from "./pace.js";
import type { Schedule } from "./schedules/schedule.js";

/** Of one call that validates: some tens of milliseconds, since a call can't be broken off. */
const EVALUATION_FLOPS = 1e9;
const MAX_EVALUATION_ROWS = 512;

/**
 * Rows that validate in one call. They are part of what the sums' last digits depend on, so the
 * model alone decides.
 * @param flops of the forward pass of one row.
 */
export const evaluationRows = (flops: number): number =>
  Math.max(1, Math.min(MAX_EVALUATION_ROWS, Math.floor(EVALUATION_FLOPS / flops)));

/** With what an epoch's updates are made. */
export interface Stepping {
  readonly session: StepSession;
  readonly batch: number;
  readonly rateAt: Schedule;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** One update for each batch of `order`, the last of which may be short. Ends early on divergence. */
export async function trainRows(
  { session, batch, rateAt, pace, signal }: Stepping,
  order: Int32Array,
  sums = new MetricSums(),
  augmented?: TrainBatches["augmented"],
): Promise<MetricSums> {
  for (let from = 0; from < order.length && sums.isFinite; ) {
    signal.throwIfAborted();
    const batchSize = Math.min(batch, order.length - from);
    const steps = Math.min(pace.steps, Math.floor((order.length - from) / batchSize));
    const to = from + steps * batchSize;
    const first = session.iterations;
    const rates = Float64Array.from({ length: steps }, (_, step) => rateAt(first + step));
    const batches = await pace.measure(steps, () =>
      session.train({
        order: order.subarray(from, to),
        batchSize,
        rates,
        ...(augmented && { augmented }),
      }),
    );
    for (const metrics of batches) sums.add(metrics);
    from = to;
  }
  return sums;
}

/** The same for rows that augmentation makes, some whole batches at a time. */
export async function trainAugmented(
  stepping: Stepping,
  chunks: ReturnType<Augmenter["epoch"]>,
): Promise<MetricSums> {
  const sums = new MetricSums();
  for await (const chunk of chunks) {
    const order = Int32Array.from(chunk.rows.keys());
    await trainRows(stepping, order, sums, chunk);
    if (!sums.isFinite) break;
  }
  return sums;
}

export async function evaluateRows(
  session: StepSession,
  rows: Int32Array,
  rowsPerCall: number,
  signal: AbortSignal,
): Promise<MetricSums> {
  const sums = new MetricSums();
  for (let from = 0; from < rows.length; from += rowsPerCall) {
    signal.throwIfAborted();
    sums.add(await session.evaluate(rows.subarray(from, from + rowsPerCall)));
  }
  return sums;
}
