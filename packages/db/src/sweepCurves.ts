import type { Curve, Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { sweepNotFound } from "./sweepView.js";

export interface SweepCurvesQuery {
  readonly metric: string;
  /** Only these runs. */
  readonly runs?: readonly Id[];
  /** Most curves; the best runs come first. */
  readonly limit: number;
}

/** One metric of a sweep's runs over their steps, by run number. Runs without any are left out. */
export async function sweepCurves(
  db: Db,
  projectId: Id,
  sweepId: Id,
  { metric, runs, limit }: SweepCurvesQuery,
): Promise<Curve[]> {
  const sweep = await db.prisma.sweep.findFirst({
    where: { id: sweepId, projectId },
    select: { objectiveDirection: true },
  });
  if (sweep === null) throw sweepNotFound(sweepId);
  const sign = sweep.objectiveDirection === "minimize" ? 1 : -1;
  return db.prisma.$queryRaw<Curve[]>`
    with chosen as (
      select r.id, r.number from runs r
      where r.sweep_id = ${sweepId}::uuid and r.epoch > 0
        and (${runs === undefined} or r.id = any(${runs ?? []}::uuid[]))
      order by r.objective * ${sign}::int nulls last, r.number limit ${limit}
    )
    select c.id as "runId", ${metric} as metric, p.steps, p.values
    from chosen c
    join lateral (
      select array_agg(step order by step) as steps,
        array_agg(case when value > '-Infinity' and value < 'Infinity' then value end
          order by step) as values
      from metric_points where run_id = c.id and name = ${metric}
    ) p on p.steps is not null
    order by c.number`;
}
