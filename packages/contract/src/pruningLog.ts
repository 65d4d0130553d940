import { z } from "zod";
import { EpochLedger } from "./epochLedger.js";
import { Params } from "./paramValue.js";

/**
 * A sweep's pruning log: each decision of its pruner with what it was made from, and what else the
 * decisions of other runs were made from, so that a replay can make all of them again. Values are
 * numbers, or "NaN", "Infinity" and "-Infinity", which JSON has no numbers for.
 */
const LoggedValue = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
export type LoggedValue = z.infer<typeof LoggedValue>;

export const toLoggedValue = (value: number): LoggedValue =>
  Number.isFinite(value) ? value : (String(value) as LoggedValue);

const LoggedDecision = z.object({
  prune: z.boolean(),
  pause: z.object({ rung: z.int() }).nullable(),
  rungs: z.array(LoggedValue).nullable(),
  resource: z.int().nullable(),
  reason: z.record(z.string(), z.json()),
});
export type LoggedDecision = z.infer<typeof LoggedDecision>;

/**
 * The snapshot that the other runs were read in, as PostgreSQL writes one: transactions below the
 * first number had ended, those from the second on had not begun, and those after it still went on.
 */
const Saw = z.string().regex(/^\d+:\d+:(\d+(,\d+)*)?$/);

/**
 * The pruner was asked about a run that had reported `step`, counted from 0. A run that its own
 * curve alone let go on leaves no entry.
 */
const Judged = z.object({
  kind: z.literal("judged"),
  number: z.int(),
  attempt: z.int(),
  step: z.int(),
  /** Of the sweep's settings that the pruner comes from. */
  version: z.int(),
  sweepName: z.string(),
  /** An automatic resource, as it had been settled. */
  resource: z.int().nullable(),
  /** The run's values at its rungs before. */
  rungs: z.array(LoggedValue),
  /** Null: the run's own curve decided. */
  saw: Saw.nullable(),
  /** What the budget had for the run to go on with, its own epochs taken off; absent: not asked. */
  ledger: EpochLedger.optional(),
  decision: LoggedDecision,
});

const Winner = z.object({ number: z.int(), why: z.string() });

/** Runs that waited at a rung were let on. */
const Promoted = z.object({
  kind: z.literal("promoted"),
  version: z.int(),
  saw: Saw,
  /** Runs that the sweep's parallelism had room for; null: any number. */
  room: z.int().nullable(),
  /** Nothing trained, and nothing was left to make. */
  lastChance: z.boolean(),
  /** Absent: no budget in epochs limited them. */
  ledger: EpochLedger.optional(),
  winners: z.array(Winner),
});

/** Nobody could be promoted any more: the runs that waited ended as pruned. */
const GaveUp = z.object({
  kind: z.literal("gave_up"),
  version: z.int(),
  saw: Saw,
  /** Whether the sweep had found what it wanted: then nobody was to be promoted. */
  found: z.boolean(),
  /** Absent: no budget in epochs kept a run from its last chance. */
  ledger: EpochLedger.optional(),
  pruned: z.array(z.int()),
});

/** What a member of a population does next. */
const Move = z.object({
  number: z.int(),
  /** The run whose checkpoint it goes on from; null: its own. */
  from: z.int().nullable(),
  /** Its new params; null: those it has. */
  params: Params.nullable(),
  reason: z.record(z.string(), z.json()),
});
export type PopulationMove = z.infer<typeof Move>;

/** A population has been compared, the worst were made copies of the best, and all were let on. */
const Evolved = z.object({
  kind: z.literal("evolved"),
  version: z.int(),
  saw: Saw,
  /** Members without a checkpoint to copy. */
  barred: z.array(z.int()),
  moves: z.array(Move),
});

/** What others see of a run has changed. */
const Standing = z.object({
  kind: z.literal("standing"),
  number: z.int(),
  completed: z.boolean(),
  excluded: z.boolean(),
  pausedRung: z.int().nullable(),
  /** Its objective. */
  value: z.number().nullable(),
  /** Its values at rungs, where the log begins later than they did. */
  rungs: z.array(LoggedValue).optional(),
  /** It was stopped or paused before there was a log. */
  unlogged: z.boolean().optional(),
});

/** A later attempt went on from `step` epochs: what the ones before had measured after it. */
const Rewound = z.object({
  kind: z.literal("rewound"),
  number: z.int(),
  /** The one that goes on. */
  attempt: z.int(),
  /** Steps of the objective that were dropped, counted from 0. */
  points: z.array(z.object({ step: z.int(), value: LoggedValue })),
});

/** Another pruner took over: what the old one had remembered of all runs is gone. */
const Forgotten = z.object({ kind: z.literal("forgotten"), version: z.int() });

/** The database was restored from a backup: snapshots from before say nothing of what follows. */
const Restored = z.object({ kind: z.literal("restored") });

export const PruningLogEntry = z.discriminatedUnion("kind", [
  Judged,
  Promoted,
  GaveUp,
  Evolved,
  Standing,
  Rewound,
  Forgotten,
  Restored,
]);
export type PruningLogEntry = z.infer<typeof PruningLogEntry>;

/** An entry with its place in the log, and the transaction that wrote it. */
export const PruningLogRow = z.object({ seq: z.int(), tx: z.int(), entry: PruningLogEntry });
export type PruningLogRow = z.infer<typeof PruningLogRow>;

export const PruningLogPage = z.object({
  items: z.array(PruningLogRow),
  /** `after` of the next page; null: this was the last. */
  nextAfter: z.int().nullable(),
});
