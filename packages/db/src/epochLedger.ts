import {
  type EpochLedger,
  type Id,
  type PrunerConfig,
  pausesAtRungs,
  rungEpoch,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";

/**
 * How a sweep's budget in epochs stands, if its runs pause at rungs; else null: then each run is
 * promised its epochs whole. The caller holds the sweep's row: nobody else is promised any
 * meanwhile, so what is left may grow but not shrink.
 * @param own a run about to go on or wait: it counts what it has trained, and is promised nothing
 */
export async function readEpochLedger(
  tx: Tx,
  sweepId: Id,
  own: Id | null = null,
): Promise<EpochLedger | null> {
  const [sweep] = await tx.$queryRaw<{ epochs: number | null; pruner: PrunerConfig }[]>`
    select (budget ->> 'epochs')::int as epochs, pruner from sweeps where id = ${sweepId}::uuid`;
  if (sweep === undefined || sweep.epochs === null) return null;
  const { pruner } = sweep;
  if (!pausesAtRungs(pruner)) return null;
  const rows = await tx.$queryRaw<StandingRow[]>`
    select place, completed, excluded, rungs, epoch, steps, count(*)::int as runs,
      sum(trained)::int as trained
    from (
      select case when id = ${own}::uuid or ended_at is not null then 'stands'
          when paused_rung is not null then 'waits' when state = 'paused' then 'held'
          else 'goes_on' end as place,
        state = 'completed' as completed, excluded_at is not null as excluded, epoch as trained,
        case when ended_at is null then cardinality(rungs) else 0 end as rungs,
        case when ended_at is null then epoch else 0 end as epoch,
        case when ended_at is null then epochs else 0 end as steps
      from runs where sweep_id = ${sweepId}::uuid
    ) r group by place, completed, excluded, rungs, epoch, steps`;
  let left = sweep.epochs;
  let toEnd = Number.POSITIVE_INFINITY;
  for (const { place, completed, excluded, rungs, epoch, steps, runs, trained } of rows) {
    // One that has passed its rung's epoch unjudged is judged after the next one.
    const goal = Math.min(steps, Math.max(epoch + 1, rungEpoch(rungs, pruner)));
    const promised = place === "goes_on" || place === "held" ? goal : epoch;
    left -= place === "stands" ? trained : runs * promised;
    if (completed) toEnd = 0;
    if ((place === "goes_on" || place === "waits") && !excluded)
      toEnd = Math.min(toEnd, steps - promised);
  }
  return { left, toEnd: Number.isFinite(toEnd) ? toEnd : null };
}

interface StandingRow {
  /** `stands` trains no more for now, and `held` once somebody lets it. */
  readonly place: "stands" | "waits" | "held" | "goes_on";
  readonly completed: boolean;
  readonly excluded: boolean;
  readonly rungs: number;
  readonly epoch: number;
  readonly steps: number;
  readonly runs: number;
  readonly trained: number;
}
