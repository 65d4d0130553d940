import { z } from "zod";
import { Id } from "./ids.js";
import { MetricName } from "./metrics.js";
import { Params } from "./paramValue.js";
import { RunState } from "./runState.js";
import { strictObject } from "./strictObject.js";
import { SweepState } from "./sweep.js";

/**
 * How a trainer in any language takes part in a sweep whose trainer is external: it asks for runs,
 * reports metrics, and tells the end. Each run it gets is leased to it: reports and heartbeats
 * renew the lease, and when it runs out the run goes to whoever asks next.
 */

/** A number; JSON has no word for those that are not finite, so they are text, or null for NaN. */
export const Measured = z
  .union([z.number(), z.null(), z.enum(["NaN", "Infinity", "-Infinity"])])
  .transform((value) => (value === null ? Number.NaN : Number(value)));

const LeaseSeconds = z.number().min(1).max(86_400).default(60);

export const AskRuns = strictObject({
  /** Runs wanted at most. */
  count: z.int().min(1).max(1_000).default(1),
  lease_seconds: LeaseSeconds,
  /** Who trains, as people are to see it. */
  worker: z.string().min(1).max(100).default("external"),
});
export type AskRuns = z.infer<typeof AskRuns>;

export const AskedRun = z.object({
  run: Id,
  number: z.int(),
  params: Params,
  /** The fencing token: every report, heartbeat and tell names it. */
  attempt: z.int(),
  seed: z.int(),
  leaseUntil: z.iso.datetime(),
});
export type AskedRun = z.infer<typeof AskedRun>;

export const AskAnswer = z.object({
  runs: z.array(AskedRun),
  state: SweepState,
  /** Why there are fewer than were wanted, in words; null if there are not. */
  reason: z.string().nullable(),
  /** True if asking again is of no use: the sweep has ended. */
  done: z.boolean(),
});
export type AskAnswer = z.infer<typeof AskAnswer>;

const Attempt = z.int().min(1);

/** Metrics at a step, such as an epoch; steps count from 1 and rise. */
const StepRow = strictObject({
  step: z.int().min(1).max(1_000_000_000),
  values: z.record(MetricName, Measured),
});
export type StepRow = z.infer<typeof StepRow>;

export const ReportRun = strictObject({
  attempt: Attempt,
  rows: z.array(StepRow).min(1).max(10_000),
  lease_seconds: LeaseSeconds,
});
export type ReportRun = z.infer<typeof ReportRun>;

export const BeatRun = strictObject({ attempt: Attempt, lease_seconds: LeaseSeconds });

/** Whether to go on; if not, stop: nothing more that this attempt says is recorded. */
export const GoOnAnswer = z.object({
  goOn: z.boolean(),
  /** What became of the run. */
  state: RunState,
  reason: z.string().nullable(),
});
export type GoOnAnswer = z.infer<typeof GoOnAnswer>;

const End = {
  attempt: Attempt,
  /** `diverged` is a result that is never tried again; `failed` is, unless `retryable` is false. */
  state: z.enum(["completed", "diverged", "failed"]).default("completed"),
  /** Final values, such as the objective's, where they are not those of the last step. */
  values: z.record(MetricName, Measured).default({}),
  /** Steps that were not reported before. */
  rows: z.array(StepRow).max(10_000).default([]),
  error: strictObject({
    code: z.string().min(1).max(100).default("trainer_failed"),
    message: z.string().max(10_000),
    retryable: z.boolean().default(true),
  }).optional(),
};

export const TellRun = strictObject(End);
export type TellRun = z.infer<typeof TellRun>;

const ToldEnd = strictObject({ run: Id, ...End });
export type ToldEnd = z.infer<typeof ToldEnd>;

export const TellRuns = strictObject({
  runs: z.array(ToldEnd).min(1).max(1_000),
  /** For the next runs, in the same transaction: one request a run is enough. */
  ask: AskRuns.optional(),
});
export type TellRuns = z.infer<typeof TellRuns>;

export const ToldRun = z.object({
  run: Id,
  /** False: another attempt has taken over, or the run had ended; nothing was recorded. */
  accepted: z.boolean(),
  state: RunState,
});
export type ToldRun = z.infer<typeof ToldRun>;

export const TellAnswer = z.object({
  runs: z.array(ToldRun),
  /** The answer to `ask`; null where nothing was asked. */
  next: AskAnswer.nullable(),
});
export type TellAnswer = z.infer<typeof TellAnswer>;
