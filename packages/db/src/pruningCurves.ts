import type { Id, RunState } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** The objective of one run over its steps; packages/search calls it a RunCurve. */
export interface PruningCurve {
  readonly runId: Id;
  readonly number: number;
  readonly state: RunState;
  readonly value: number | null;
  readonly excluded: boolean;
  /** Steps count from 0, as pruners count them: epoch 1 is step 0. NaN is kept. */
  readonly points: { readonly step: number; readonly value: number }[];
}

export interface PruningCurves {
  /** Null if the run is not of this sweep. */
  readonly own: PruningCurve | null;
  readonly others: PruningCurve[];
}

/**
 * What a pruner needs to judge `runId`: its own curve and those of the sweep's other runs that
 * have reported anything.
 */
export async function pruningCurves(db: Db, sweepId: Id, runId: Id): Promise<PruningCurves> {
  const rows = await db.prisma.$queryRaw<CurveRow[]>`
    select r.id as "runId", r.number, r.state, r.objective as value,
      r.excluded_at is not null as excluded, coalesce(p.steps, '{}') as steps,
      coalesce(p.values, '{}') as values
    from runs r join sweeps s on s.id = r.sweep_id
    left join lateral (
      select array_agg(step - 1 order by step) as steps, array_agg(value order by step) as values
      from metric_points where run_id = r.id and name = s.objective_metric
    ) p on true
    where r.sweep_id = ${sweepId}::uuid and (p.steps is not null or r.id = ${runId}::uuid)
    order by r.number`;
  const curves = rows.map(({ steps, values, ...row }) => ({
    ...row,
    points: steps.map((step, index) => ({ step, value: values[index] ?? Number.NaN })),
  }));
  return {
    own: curves.find((curve) => curve.runId === runId) ?? null,
    others: curves.filter((curve) => curve.runId !== runId),
  };
}

interface CurveRow extends Omit<PruningCurve, "points"> {
  readonly steps: number[];
  readonly values: number[];
}
