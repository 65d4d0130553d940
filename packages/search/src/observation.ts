import type { Params, RunState } from "@sweepyard/contract";
import type { SampleReason } from "./sampleReason.js";

/** The objective as measured at one step of a run. */
export interface CurvePoint {
  /** Counts from 0: the first epoch is step 0. */
  readonly step: number;
  /** In the objective's unit; null and NaN both mean that it was not a number. */
  readonly value: number | null;
}

/**
 * One run of the sweep as samplers see it, running, queued and paused ones included.
 * The run's row in the database is the only source; nothing here is remembered between asks.
 */
export interface Observation {
  /** Position in the sweep, unique and rising, from 0 or 1 on; gaps are allowed. */
  readonly number: number;
  readonly params: Params;
  readonly state: RunState;
  /** The objective after the last epoch. Null, NaN and ±Infinity mean that there is no usable one. */
  readonly value: number | null;
  /**
   * Of a sweep with several objectives all of them, in the sweep's order, `value` first; the same
   * rule for what is no number. Absent with one objective.
   */
  readonly values?: readonly (number | null)[];
  /**
   * Of a point with several runs, once all have completed, the first objective of each in the order
   * in which they were made; null for one that counts no more.
   */
  readonly runValues?: readonly (number | null)[];
  /** One number per constraint of the sweep; the run is feasible if all are at most 0. */
  readonly constraints?: readonly (number | null)[];
  /** What the sampler said when it proposed these params: `Suggestion.reason`, as it was stored. */
  readonly reason?: SampleReason;
  /** In the order of reporting; needed by pruners and by samplers that learn from pruned runs. */
  readonly points?: readonly CurvePoint[];
  /** Taken out by a person: counts for numbering and as a used grid cell, teaches nothing. */
  readonly excluded?: boolean;
}

/**
 * How many runs came before the next one, deleted ones included: 0, 1, 2, … whether runs are
 * numbered from 0 or from 1. Samplers take draw, point or cell number `drawIndex` of the seed's
 * sequence, so every run of a sweep gets its own params.
 */
export const drawIndex = (history: readonly Observation[]): number =>
  history.reduce((highest, { number }) => Math.max(highest, number), history.length);
