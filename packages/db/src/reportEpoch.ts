import { AppError, type StoredFile } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { OwnedRun } from "./heartbeat.js";

export interface EpochReport {
  /** Finished epochs, counted from 1; the step under which the metrics are stored. */
  readonly epoch: number;
  /** NaN and the infinities are stored as such. */
  readonly metrics: Readonly<Record<string, number | undefined>>;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly checkpoint: StoredFile;
}

export interface EpochAnswer {
  readonly owned: boolean;
  /** The sweep's objective at this epoch, NaN included; null if it was not measured. */
  readonly objective: number | null;
}

/**
 * Records an epoch: metric points, the run's summary, its checkpoint and an event, in one
 * transaction. An epoch that is recorded already changes nothing. `seconds` and
 * `samplesPerSecond` become metrics named `epoch_seconds` and `samples_per_second`.
 */
export async function reportEpoch(
  db: Db,
  run: OwnedRun,
  report: EpochReport,
): Promise<EpochAnswer> {
  throw new AppError("internal", `not there yet ${db} ${run} ${report}`);
}
