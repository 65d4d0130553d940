import type {
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
 * records what it remembers and what it decided, from what. Null: the run goes on, or it is no
 * longer this attempt's.
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
    const { sweepName, resource, direction, pruner, version, ...curve } = own;
    const settings = { direction, sweepName, ...(resource !== null && { resource }) };
    let saw: string | null = null;
    const { verdict, memory, decision } = await judge(
      pruner,
      curve,
      settings,
      async (needs, at) => {
        const rivals = await rivalPruningCurves(db, { sweepId, runId: run.runId }, needs, at);
        saw = rivals.saw;
        return rivals.curves;
      },
    );
    if (memory === null && saw === null) return null; // its own curve alone lets it go on
    const entry = { ...judgedFrom(own, run, step), saw, decision };
    if (memory === null) await logKept(db, run, entry);
    const recorded = memory === null ? "recorded" : await recordPruning(db, run, memory, entry);
    if (recorded === "lost") return null;
    if (recorded === "recorded") return verdict && { ...verdict, step };
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
