import {
  type LoggedDecision,
  type PbtSamplerConfig,
  type PrunerConfig,
  toLoggedValue,
} from "@sweepyard/contract";
import { createPruner } from "./createPruner.js";
import { decideAlone } from "./decideAlone.js";
import type { CurveNeeds, PruneDecision, PruneReason, PruneSettings, RunCurve } from "./pruner.js";

/** What comes of a report: what the run does, and what is to be remembered for later decisions. */
export interface Judgement {
  /** Null: the run goes on. */
  readonly verdict:
    | { readonly kind: "prune"; readonly why: string }
    | { readonly kind: "pause"; readonly rung: number; readonly why: string }
    | null;
  /** Null: nothing new. */
  readonly memory: {
    readonly rungs?: readonly number[];
    readonly resource?: number;
    readonly reason?: PruneReason;
  } | null;
  /** As the sweep's log is to keep it. */
  readonly decision: LoggedDecision;
}

/**
 * Asks a sweep's pruner about a run that has just reported.
 * @param readRivals reads of the other runs what the pruner needs; not called where the run's own
 *   curve decides
 */
export async function judgeRun(
  config: PrunerConfig | PbtSamplerConfig,
  curve: RunCurve,
  settings: PruneSettings,
  readRivals: (needs: CurveNeeds, step: number) => Promise<readonly RunCurve[]>,
): Promise<Judgement> {
  const pruner = createPruner(config);
  const step = curve.points.at(-1)?.step ?? 0;
  const decision =
    decideAlone(pruner, curve, settings) ??
    pruner.shouldPrune(curve, await readRivals(pruner.needs, step), settings);
  const logged = toLoggedDecision(decision);
  const { prune, pause, reason, rungs } = decision;
  const { why } = reason;
  const resource = settings.resource === undefined ? decision.resource : undefined;
  const stops = prune || pause !== undefined;
  const isNew = rungs !== undefined && rungs.length > (curve.rungs?.length ?? 0);
  const memory =
    stops || isNew || resource !== undefined
      ? {
          ...(rungs && { rungs }),
          ...(resource !== undefined && { resource }),
          ...(stops && { reason }),
        }
      : null;
  const judged = { memory, decision: logged };
  if (prune) return { ...judged, verdict: { kind: "prune", why } };
  if (pause === undefined) return { ...judged, verdict: null };
  return { ...judged, verdict: { kind: "pause", rung: pause.rung, why } };
}

export const toLoggedDecision = (decision: PruneDecision): LoggedDecision => ({
  prune: decision.prune,
  pause: decision.pause ?? null,
  rungs: decision.rungs?.map(toLoggedValue) ?? null,
  resource: decision.resource ?? null,
  reason: { ...decision.reason },
});
