import type { PrunerConfig, PruningLogEntry, PruningLogRow } from "@sweepyard/contract";
import { promotions } from "./asha.js";
import { canonical } from "./canonical.js";
import { createPruner } from "./createPruner.js";
import { toLoggedDecision } from "./judgeRun.js";
import { narrowCurves } from "./narrowCurves.js";
import { type FinalRun, PruningView } from "./pruningView.js";
import type { Goal } from "./sampler.js";

type Entry<Kind extends PruningLogEntry["kind"]> = Extract<PruningLogEntry, { kind: Kind }>;

export interface PruningReplay {
  readonly goal: Goal;
  /** The pruner of each version of the sweep's settings. */
  readonly pruners: ReadonlyMap<number, PrunerConfig>;
  readonly log: readonly PruningLogRow[];
  readonly runs: readonly FinalRun[];
}

export interface ReplayedPruning {
  readonly kind: "prune" | "pause" | "keep" | "promote" | "give_up";
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
  for (const row of replay.log) {
    switch (row.entry.kind) {
      case "judged":
        yield judgeAgain(row, row.entry, view, replay);
        break;
      case "promoted":
        yield promoteAgain(row, row.entry, view, replay);
        break;
      case "gave_up":
        yield giveUpAgain(row, row.entry, view, replay);
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

function judgeAgain(
  { seq, tx }: PruningLogRow,
  entry: Entry<"judged">,
  view: PruningView,
  { goal, pruners }: PruningReplay,
): ReplayedPruning {
  const { number, attempt, step, version, sweepName, resource, rungs, saw, decision } = entry;
  const curve = {
    number,
    state: "running",
    value: null,
    excluded: false,
    points: view.pointsOf(number, attempt, step),
    rungs: rungs.map(Number),
    steps: view.stepsOf(number),
  } as const;
  const pruner = createPruner(pruners.get(version) ?? { name: "none" });
  const others = saw === null ? [] : view.rivals({ seq, tx, saw }, number);
  const rivals = narrowCurves(pruner.needs, curve, others, goal.direction);
  const settings = { ...goal, sweepName, ...(resource !== null && { resource }) };
  const again = toLoggedDecision(pruner.shouldPrune(curve, rivals, settings));
  const kind = decision.prune ? "prune" : decision.pause === null ? "keep" : "pause";
  return compare({ kind, seq, number }, decision, again);
}

function promoteAgain(
  { seq, tx }: PruningLogRow,
  { version, saw, room, lastChance, winners }: Entry<"promoted">,
  view: PruningView,
  { goal, pruners }: PruningReplay,
): ReplayedPruning {
  const runs = view.atRungs({ seq, tx, saw });
  const again = winnersOf(runs, pruners.get(version), goal, lastChance);
  const found = again.slice(0, room ?? again.length);
  const number = winners.length === 1 ? (winners[0]?.number ?? null) : null;
  return compare({ kind: "promote", seq, number }, winners, found);
}

function giveUpAgain(
  { seq, tx }: PruningLogRow,
  { version, saw, found, pruned }: Entry<"gave_up">,
  view: PruningView,
  { goal, pruners }: PruningReplay,
): ReplayedPruning {
  const runs = view.atRungs({ seq, tx, saw });
  const winners = found ? [] : winnersOf(runs, pruners.get(version), goal, true);
  const waiting = runs.filter(({ pausedAtRung }) => pausedAtRung !== null);
  const again = waiting.map(({ number }) => number).sort((a, b) => a - b);
  return compare(
    { kind: "give_up", seq, number: null },
    { promoted: [], pruned },
    { promoted: winners, pruned: again },
  );
}

const winnersOf = (
  runs: ReturnType<PruningView["atRungs"]>,
  pruner: PrunerConfig | undefined,
  goal: Goal,
  lastChance: boolean,
) =>
  pruner?.name === "asha" && pruner.mode === "pause_and_promote"
    ? promotions(runs, pruner, goal, { lastChance }).map(({ number, why }) => ({ number, why }))
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
