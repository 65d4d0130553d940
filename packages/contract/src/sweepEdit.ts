import { z } from "zod";
import { Budget, Priority, Weight } from "./budget.js";
import { byName } from "./byName.js";
import { Id } from "./ids.js";
import { Params } from "./paramValue.js";
import { PrunerConfig } from "./pruners.js";
import { SamplerConfig } from "./samplers.js";
import { Dimension } from "./space.js";
import { strictObject } from "./strictObject.js";
import { SweepLogRow } from "./sweepLog.js";
import { TerminatorConfig } from "./terminator.js";

/**
 * A live edit of a sweep; what it leaves out stays as it is. A change of space, sampler or pruner
 * counts from the next decision on. Dimensions keep their names and types: to change these, fork.
 */
export const PatchSweep = strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(10_000).optional(),
  /** The dimensions that change, each whole. */
  space: z.record(z.string(), Dimension).optional(),
  sampler: byName("name", SamplerConfig).optional(),
  pruner: byName("name", PrunerConfig).optional(),
  /** The limits that change, counted from the sweep's start; null lifts one. */
  budget: strictObject({
    runs: Budget.shape.runs.nullable(),
    epochs: Budget.shape.epochs.nullable(),
    seconds: Budget.shape.seconds.nullable(),
    slot_seconds: Budget.shape.slot_seconds.nullable(),
  }).optional(),
  target: z.number().nullable().optional(),
  terminator: byName("name", TerminatorConfig).nullable().optional(),
  parallelism: z.int().min(1).max(10_000).nullable().optional(),
  priority: Priority.optional(),
  weight: Weight.optional(),
  /** Why, for those who look later. */
  reason: z.string().max(1000).default(""),
}).refine(({ reason: _, ...changes }) => Object.values(changes).some((v) => v !== undefined), {
  error: "changes nothing: name a field, such as budget or space",
  params: { rule: "empty_edit" },
});
export type PatchSweep = z.infer<typeof PatchSweep>;

/** Points to try before the sampler is asked again. What a point leaves out the sampler chooses. */
export const EnqueuePoints = strictObject({ points: z.array(Params).min(1).max(1_000) });
export type EnqueuePoints = z.infer<typeof EnqueuePoints>;

/** Fields of the new sweep that differ from the one that is forked. */
export const ForkSweep = strictObject({
  changes: z.record(z.string(), z.json()).default({}),
  /** Whether the new sweep's sampler knows the runs of the old one that fit its space. */
  keep_history: z.boolean().default(true),
});
export type ForkSweep = z.infer<typeof ForkSweep>;

/** A version of a sweep's settings: who made it, when, why, and what it changed. */
export const SweepVersionView = z.object({
  version: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  reason: z.string(),
  changes: z.record(z.string(), z.json()),
  /** Queued runs that no longer fitted the space. */
  withdrawn: z.int(),
});
export type SweepVersionView = z.infer<typeof SweepVersionView>;

export const SweepLogPage = z.object({
  items: z.array(SweepLogRow),
  /** `after` of the next page; null: this was the last. */
  nextAfter: z.int().nullable(),
});

/** A decision that comes out differently when it is made again from the log. */
export const ReplayDifference = z.object({
  kind: z.enum(["ask", "prune", "pause", "keep", "promote", "give_up", "evolve"]),
  /** Whom it was about; null: a point's runs, or several. */
  runId: Id.nullable(),
  number: z.int().nullable(),
  /** The entry in the sweep's log, or in its pruning log where a pruner decided. */
  at: z.int(),
  recorded: z.json(),
  recomputed: z.json(),
});
export type ReplayDifference = z.infer<typeof ReplayDifference>;

export const ReplayAnswer = z.object({
  asks: z.int(),
  /** Decisions about runs that had reported: to stop, to pause, or to let go on. */
  prunes: z.int(),
  /** Decisions about runs that waited: to let some go on, to end all, to copy some to others. */
  promotions: z.int(),
  /** Decided before Sweepyard kept logs: nothing tells what they saw. */
  unlogged: z.int(),
  /** The first hundred. */
  differences: z.array(ReplayDifference),
});
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
