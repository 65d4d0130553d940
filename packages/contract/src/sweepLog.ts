import { z } from "zod";
import { Id } from "./ids.js";
import { MetricValue } from "./metrics.js";
import { Params } from "./paramValue.js";
import { PrunerConfig } from "./pruners.js";
import { RunState } from "./runState.js";
import { SamplerConfig } from "./samplers.js";
import { Space } from "./space.js";

/**
 * A sweep's log: everything that its sampler has ever seen or said, in one order. The history that
 * an ask saw is what the entries before it add up to, so the log is both what the next ask reads
 * and what a replay recomputes. Each run adds two entries, whatever the length of the sweep.
 */

/** What a sampler goes by; a live edit writes the next version. */
const Settings = z.object({
  kind: z.literal("settings"),
  version: z.int(),
  space: Space,
  sampler: SamplerConfig,
  pruner: PrunerConfig,
  actor: z.string(),
  /** Fields that this version changed, as they are now; empty for the first. */
  changes: z.record(z.string(), z.json()),
  reason: z.string(),
  /** Queued runs that no longer fit the space, and were taken back. */
  withdrawn: z.int(),
});

/** A point was chosen, and its runs were made. */
const Asked = z.object({
  kind: z.literal("ask"),
  /** Counts from 1; one point has several runs where they are repeated. */
  point: z.int(),
  version: z.int(),
  params: Params,
  /** By whom: the sampler, somebody who enqueued it, or a version of Sweepyard that kept no log. */
  by: z.enum(["sampler", "enqueued", "unlogged"]),
  reason: z.record(z.string(), z.json()).nullable(),
  runs: z.array(z.object({ number: z.int(), epochs: z.int() })),
});

const LastReport = z.object({ step: z.int(), value: MetricValue });

/** A run of another sweep that this one knows from its start. */
const Imported = z.object({
  kind: z.literal("import"),
  from: z.object({ sweepId: Id, runId: Id, number: z.int() }),
  params: Params,
  state: RunState,
  values: z.array(MetricValue),
  points: z.array(LastReport),
});

/** Somebody wants these params tried; those left out the sampler chooses. */
const Enqueued = z.object({ kind: z.literal("enqueue"), params: Params, actor: z.string() });

/** What became of a run, as the next ask sees it. Queued and running count as one: it goes on. */
const Observed = z.object({
  kind: z.literal("run"),
  number: z.int(),
  state: RunState,
  values: z.array(MetricValue),
  /** How far each of the sweep's constraints is passed; at most 0 is kept to. */
  constraints: z.array(MetricValue),
  /** Of a pruned or paused run the last report; steps count from 0. */
  points: z.array(LastReport),
  excluded: z.boolean(),
  /** Finished epochs, and the time that all its attempts held a slot. */
  epochs: z.int(),
  slotMs: z.int(),
});

/** What the terminator found, each time that a run had completed. */
const Judged = z.object({
  kind: z.literal("terminator"),
  version: z.int(),
  /** Completed runs that it judged by. */
  runs: z.int(),
  /** What more runs may gain at most, with a probability of 0.9, in the objective's unit. */
  regretBound: z.number(),
  /** How far the best value may be off by chance; null: not known yet. */
  error: z.number().nullable(),
});

const Ended = z.object({ kind: z.literal("end"), reason: z.string() });

export const SweepLogEntry = z.discriminatedUnion("kind", [
  Settings,
  Imported,
  Enqueued,
  Asked,
  Observed,
  Judged,
  Ended,
]);
export type SweepLogEntry = z.infer<typeof SweepLogEntry>;
export type SweepSettings = z.infer<typeof Settings>;
export type RunObserved = z.infer<typeof Observed>;
export type TerminatorJudgement = z.infer<typeof Judged>;
export const TerminatorFigures = Judged.pick({ runs: true, regretBound: true, error: true });
export type TerminatorFigures = z.infer<typeof TerminatorFigures>;

/** An entry with its place in the log. */
export const SweepLogRow = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  entry: SweepLogEntry,
});
export type SweepLogRow = z.infer<typeof SweepLogRow>;
