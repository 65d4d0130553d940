import {
  type Params,
  type PrunerConfig,
  type PruningLogEntry,
  type PruningLogRow,
  pausesAtRungs,
  type SweepLogRow,
  type SweepSettings,
} from "@sweepyard/contract";
import { type PromotionOptions, promotions } from "./asha.js";
import { canonical } from "./canonical.js";
import { createPruner } from "./createPruner.js";
import { evolvePopulation } from "./evolvePopulation.js";
import { toLoggedDecision } from "./judgeRun.js";
import { narrowCurves } from "./narrowCurves.js";
import { type FinalRun, PruningView } from "./pruningView.js";
import type { Goal } from "./sampler.js";

type Entry<Kind extends PruningLogEntry["kind"]> = Extract<PruningLogEntry, { kind: Kind }>;

export interface PruningReplay {
  readonly goal: Goal;
  /** The sweep's own. */
  readonly seed: number;
  /** Tells each version of the settings, and what runs were begun with. */
  readonly sweepLog: readonly SweepLogRow[];
  readonly log: readonly PruningLogRow[];
  readonly runs: readonly FinalRun[];
}

type PruningSettings = Pick<SweepSettings, "space" | "sampler" | "pruner">;

interface Known extends Pick<PruningReplay, "goal" | "seed"> {
  readonly settings: ReadonlyMap<number, PruningSettings>;
  /** By run; those of a population change. */
  readonly params: Map<number, Params>;
}

export interface ReplayedPruning {
  readonly kind: "prune" | "pause" | "keep" | "promote" | "give_up" | "evolve";
  /** The entry; 0: there is none, and there should be. */
  readonly seq: number;
  /** Null: several runs. */
  readonly number: number | null;
  readonly recorded: unknown;
  readonly recomputed: unknown;
  readonly isSame: boolean;
}

/**
 * Makes every decision of a sweep's pruner again, each from what it had seen by the pruning log,
 * and compares; in the end, that the log tells why each pruned run was stopped. Yields one answer
 * for each, so that a caller can rest between them.
 */
export function* replayPruning(replay: PruningReplay): Generator<ReplayedPruning> {
  const view = new PruningView(replay.log, replay.runs);
  const known = knownFrom(replay);
  for (const row of replay.log) {
    switch (row.entry.kind) {
      case "judged":
        yield judgeAgain(row, row.entry, view, known);
        break;
      case "promoted":
        yield promoteAgain(row, row.entry, view, known);
        break;
      case "gave_up":
        yield giveUpAgain(row, row.entry, view, known);
        break;
      case "evolved":
        yield evolveAgain(row, row.entry, view, known);
        for (const move of row.entry.moves)
          if (move.params !== null) known.params.set(move.number, move.params);
        break;
      case "standing":
      case "rewound":
      case "forgotten":
      case "restored":
        break;
    }
  }
  yield* unexplained(replay);
}

function knownFrom({ goal, seed, sweepLog }: PruningReplay): Known {
  const settings = new Map<number, PruningSettings>();
  const params = new Map<number, Params>();
  for (const { entry } of sweepLog) {
    if (entry.kind === "settings") settings.set(entry.version, entry);
    if (entry.kind === "ask") for (const { number } of entry.runs) params.set(number, entry.params);
  }
  return { goal, seed, settings, params };
}

function judgeAgain(
  { seq, tx }: PruningLogRow,
  entry: Entry<"judged">,
  view: PruningView,
  { goal, settings: versions }: Known,
): ReplayedPruning {
  const { number, attempt, step, version, sweepName, resource, rungs, saw, ledger, decision } =
    entry;
  const curve = {
    number,
    state: "running",
    value: null,
    excluded: false,
    points: view.pointsOf(number, attempt, step),
    rungs: rungs.map(Number),
    steps: view.stepsOf(number),
  } as const;
  const pruner = createPruner(prunerOf(versions.get(version)));
  const others = saw === null ? [] : view.rivals({ seq, tx, saw }, number);
  const rivals = narrowCurves(pruner.needs, curve, others, goal.direction);
  const settings = {
    ...goal,
    sweepName,
    ...(resource !== null && { resource }),
    ...(ledger && { ledger }),
  };
  const again = toLoggedDecision(pruner.shouldPrune(curve, rivals, settings));
  const kind = decision.prune ? "prune" : decision.pause === null ? "keep" : "pause";
  return compare({ kind, seq, number }, decision, again);
}

function promoteAgain(
  { seq, tx }: PruningLogRow,
  { version, saw, room, lastChance, ledger, winners }: Entry<"promoted">,
  view: PruningView,
  { goal, settings }: Known,
): ReplayedPruning {
  const runs = view.atRungs({ seq, tx, saw });
  const again = winnersOf(runs, settings.get(version)?.pruner, goal, { lastChance, ledger });
  const found = again.slice(0, room ?? again.length);
  const number = winners.length === 1 ? (winners[0]?.number ?? null) : null;
  return compare({ kind: "promote", seq, number }, winners, found);
}

function giveUpAgain(
  { seq, tx }: PruningLogRow,
  { version, saw, found, ledger, pruned }: Entry<"gave_up">,
  view: PruningView,
  { goal, settings }: Known,
): ReplayedPruning {
  const runs = view.atRungs({ seq, tx, saw });
  const pruner = settings.get(version)?.pruner;
  const winners = found ? [] : winnersOf(runs, pruner, goal, { lastChance: true, ledger });
  const waiting = runs.filter(({ pausedAtRung }) => pausedAtRung !== null);
  const again = waiting.map(({ number }) => number).sort((a, b) => a - b);
  return compare(
    { kind: "give_up", seq, number: null },
    { promoted: [], pruned },
    { promoted: winners, pruned: again },
  );
}

function evolveAgain(
  { seq, tx }: PruningLogRow,
  { version, saw, barred, moves }: Entry<"evolved">,
  view: PruningView,
  { goal, settings, params, seed }: Known,
): ReplayedPruning {
  const { space = {}, sampler } = settings.get(version) ?? {};
  const members = view.atRungs({ seq, tx, saw }).map((run) => ({
    ...run,
    params: params.get(run.number) ?? {},
    hasCheckpoint: !barred.includes(run.number),
  }));
  const again =
    sampler?.name === "pbt"
      ? evolvePopulation(space, { members, direction: goal.direction, options: sampler, seed })
      : [];
  const differing = moves.filter(
    (move) =>
      canonical(move) !== canonical(again.find(({ number }) => number === move.number) ?? null),
  );
  const number = differing.length === 1 ? (differing[0]?.number ?? null) : null;
  return compare({ kind: "evolve", seq, number }, moves, again);
}

/** Population based training has runs wait as a pruner does. */
const prunerOf = ({ sampler, pruner }: Partial<PruningSettings> = {}) =>
  sampler?.name === "pbt" ? sampler : (pruner ?? ({ name: "none" } as const));

const winnersOf = (
  runs: ReturnType<PruningView["atRungs"]>,
  pruner: PrunerConfig | undefined,
  goal: Goal,
  options: PromotionOptions,
) =>
  pruner !== undefined && pausesAtRungs(pruner)
    ? promotions(runs, pruner, goal, options).map(({ number, why }) => ({ number, why }))
    : [];

/** Runs that a pruner has stopped, or paused, for another reason than the log's last one. */
function* unexplained({ log, runs }: PruningReplay): Generator<ReplayedPruning> {
  const reasons = new Map<number, Entry<"judged">["decision"]["reason"]>();
  const older = new Set<number>();
  for (const { entry } of log) {
    if (entry.kind === "standing" && entry.unlogged === true) older.add(entry.number);
    if (entry.kind === "judged" && (entry.decision.prune || entry.decision.pause !== null))
      reasons.set(entry.number, entry.decision.reason);
  }
  for (const { number, prunerReason } of runs) {
    const logged = reasons.get(number);
    if (prunerReason === null || (logged === undefined && older.has(number))) continue;
    const found = compare({ kind: "prune", seq: 0, number }, prunerReason, logged ?? null);
    if (!found.isSame) yield found;
  }
}

const compare = (
  what: Pick<ReplayedPruning, "kind" | "seq" | "number">,
  recorded: unknown,
  recomputed: unknown,
): ReplayedPruning => ({
  ...what,
  recorded,
  recomputed,
  isSame: canonical(recorded) === canonical(recomputed),
});
