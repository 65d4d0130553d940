import type {
  EpochLedger,
  Id,
  LoggedDecision,
  Objective,
  PbtSamplerConfig,
  PrunerConfig,
} from "@sweepyard/contract";
import { toLoggedValue } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { OwnedRun } from "./heartbeat.js";
import {
  type CurveNeeds,
  type OwnPruningCurve,
  ownPruningCurve,
  type PruningCurve,
  type RivalCurves,
  rivalPruningCurves,
} from "./pruningCurves.js";
import { logKept, type PruningMemory, recordPruning } from "./recordPruning.js";

export type PruningVerdict =
  | { readonly kind: "prune"; readonly why: string }
  | { readonly kind: "pause"; readonly rung: number; readonly why: string };

/** Decides about a run that has reported; packages/search has the one there is. Pure. */
export type Judge = (
  config: PrunerConfig | PbtSamplerConfig,
  curve: PruningCurve,
  settings: Pick<Objective, "direction"> & {
    readonly sweepName: string;
    readonly resource?: number;
    readonly ledger?: EpochLedger;
  },
  readRivals: (needs: CurveNeeds, step: number) => Promise<readonly PruningCurve[]>,
) => Promise<{
  readonly verdict: PruningVerdict | null;
  readonly memory: PruningMemory | null;
  readonly decision: LoggedDecision;
}>;

/** Edits of one sweep that may come between a decision and its record before it is let go. */
const TRIES = 3;

/**
 * Asks the sweep's pruner about a run that has just reported, by its settings as they are now, and
 * records what it remembers and what it decided, from what. Where a budget counts epochs, a run
 * that would go on past a rung is decided on once more with what the budget has for it, in the
 * transaction that records it. Null: the run goes on, or it is no longer this attempt's.
 */
export async function judgeReport(
  db: Db,
  sweepId: Id,
  run: OwnedRun,
  judge: Judge,
): Promise<(PruningVerdict & { readonly step: number }) | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const own = await ownPruningCurve(db, sweepId, run.runId);
    const step = own?.points.at(-1)?.step;
    if (own === null || step === undefined || own.pruner.name === "none") return null;
    const { sweepName, resource, direction, pruner, version, countsEpochs, ...curve } = own;
    const settings = { direction, sweepName, ...(resource !== null && { resource }) };
    let rivals: RivalCurves | undefined;
    const decide = async (ledger?: EpochLedger) => {
      const { verdict, memory, decision } = await judge(
        pruner,
        curve,
        { ...settings, ...(ledger && { ledger }) },
        async (needs, at) => {
          rivals ??= await rivalPruningCurves(db, { sweepId, runId: run.runId }, needs, at);
          return rivals.curves;
        },
      );
      const saw = rivals?.saw ?? null;
      const entry = { ...judgedFrom(own, run, step), saw, ...(ledger && { ledger }), decision };
      return { verdict, memory, entry };
    };
    const judged = await decide();
    const { memory, verdict, entry } = judged;
    if (memory === null) {
      if (entry.saw !== null) await logKept(db, run, entry); // else its own curve alone let it go on
      return null;
    }
    const takesEpochs = countsEpochs && verdict === null && memory.rungs !== undefined;
    const recorded = await recordPruning(db, run, judged, takesEpochs ? decide : null);
    if (recorded === "lost") return null;
    if (recorded !== "outdated") return recorded.verdict && { ...recorded.verdict, step };
  }
  return null;
}

const judgedFrom = (own: OwnPruningCurve, { attempt }: OwnedRun, step: number) => ({
  kind: "judged" as const,
  number: own.number,
  attempt,
  step,
  version: own.version,
  sweepName: own.sweepName,
  resource: own.resource,
  rungs: own.rungs.map(toLoggedValue),
});
