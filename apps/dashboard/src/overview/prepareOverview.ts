import type { RunView, SweepView, WorkerView } from "@sweepyard/contract";

/** What the overview says of now, from runs and sweeps as lists have them. */

const HOUR_MS = 3_600_000;

export interface Throughput {
  /** Rows that all running runs train in a second; null while none has told. */
  readonly rowsPerSecond: number | null;
  /** Runs that ended in the last hour, however they ended. */
  readonly endedLastHour: number;
  /** There are more than were looked at. */
  readonly isAtLeast: boolean;
}

/**
 * @param running runs that train just now
 * @param ended runs by their end, latest first, up to some limit
 */
export function prepareThroughput(
  running: readonly Pick<RunView, "metrics">[],
  ended: readonly Pick<RunView, "endedAt">[],
  limit: number,
  now: number,
): Throughput {
  const rates = running
    .map(({ metrics }) => metrics.samples_per_second)
    .filter((rate) => typeof rate === "number");
  const recent = ended.filter(
    ({ endedAt }) => endedAt !== null && now - Date.parse(endedAt) < HOUR_MS,
  );
  return {
    rowsPerSecond: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    endedLastHour: recent.length,
    isAtLeast: recent.length >= limit,
  };
}

/** Slots that train on a GPU just now, by what their engines say they compute on. */
export const gpusInUse = (workers: readonly Pick<WorkerView, "slots">[]): number =>
  workers
    .flatMap(({ slots }) => slots)
    .filter(({ runId, device }) => runId !== null && /(^|[\s,])(gpu|cuda)\b/i.test(device)).length;

/** Sweeps that go on; without any the latest, so that what was done last is at hand. */
export function shownSweeps(sweeps: readonly SweepView[], most: number) {
  const active = sweeps.filter(({ state }) => state === "running" || state === "paused");
  return active.length > 0
    ? { isActive: true, items: active }
    : { isActive: false, items: sweeps.slice(0, most) };
}
