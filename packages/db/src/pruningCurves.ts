import type { Direction, Id, PbtSamplerConfig, PrunerConfig, RunState } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** The objective of one run over its steps; packages/search calls it a RunCurve. */
export interface PruningCurve {
  readonly number: number;
  readonly state: RunState;
  readonly value: number | null;
  readonly excluded: boolean;
  /** Steps count from 0, as pruners count them: epoch 1 is step 0. NaN is kept. */
  readonly points: { readonly step: number; readonly value: number }[];
  /** Its value at each rung that it has reached. */
  readonly rungs: number[];
  /** The epochs of its plan. */
  readonly steps: number;
}

export interface OwnPruningCurve extends PruningCurve {
  readonly sweepName: string;
  /** An automatic resource of the sweep's pruner, once it is settled. */
  readonly resource: number | null;
  readonly direction: Direction;
  /** Population based training has runs wait as a pruner does. */
  readonly pruner: PrunerConfig | PbtSamplerConfig;
  /** Of the sweep's settings, the pruner among them. */
  readonly version: number;
  /** The sweep has a budget in epochs. */
  readonly countsEpochs: boolean;
}

/** The curve of `runId` itself; null if the run is not of this sweep. */
export async function ownPruningCurve(
  db: Db,
  sweepId: Id,
  runId: Id,
): Promise<OwnPruningCurve | null> {
  const [row] = await db.prisma.$queryRaw<(OwnPruningCurve & Points)[]>`
    select r.number, r.state, r.objective as value, r.excluded_at is not null as excluded, r.rungs,
      r.epochs as steps, s.name as "sweepName", s.pruner_resource as resource,
      s.objective_direction as direction, s.version,
      s.budget ->> 'epochs' is not null as "countsEpochs",
      case when s.sampler ->> 'name' = 'pbt' then s.sampler else s.pruner end as pruner,
      coalesce(p.at, '{}') as at, coalesce(p.values, '{}') as values
    from runs r join sweeps s on s.id = r.sweep_id
    left join lateral (
      select array_agg(step - 1 order by step) as at, array_agg(value order by step) as values
      from metric_points where run_id = r.id and name = s.objective_metric
    ) p on true
    where r.sweep_id = ${sweepId}::uuid and r.id = ${runId}::uuid`;
  return row === undefined ? null : withPoints(row);
}

/** Kinds of data about other runs; packages/search says what each means (CurveNeeds). */
export type CurveNeeds = "nothing" | "completed_at_step" | "best_completed" | "rungs";

/** Other runs, and the snapshot that they were read in: later nobody could tell what it showed. */
export interface RivalCurves {
  readonly curves: PruningCurve[];
  readonly saw: string | null;
}

/**
 * The other runs of the sweep, as far as a pruner with these needs reads them: of 10,000 runs one
 * value each, or one whole curve, never all curves.
 * @param step the last step of the run that is judged
 */
export async function rivalPruningCurves(
  db: Db,
  { sweepId, runId }: { readonly sweepId: Id; readonly runId: Id },
  needs: CurveNeeds,
  step: number,
): Promise<RivalCurves> {
  const { prisma } = db;
  switch (needs) {
    case "nothing":
      return { curves: [], saw: null };
    case "completed_at_step": {
      const rows = await prisma.$queryRaw<RivalRow[]>`
        select pg_current_snapshot()::text as saw, rivals.* from (select 1) here left join (
          select r.number, r.state, r.objective as value, false as excluded, r.rungs,
            r.epochs as steps, array_remove(array[p.step - 1], null) as at,
            array_remove(array[p.value], null) as values
          from runs r join sweeps s on s.id = r.sweep_id
          left join metric_points p
            on p.run_id = r.id and p.name = s.objective_metric and p.step = ${step + 1}
          where r.sweep_id = ${sweepId}::uuid and r.state = 'completed' and r.excluded_at is null
            and r.id <> ${runId}::uuid
        ) rivals on true order by rivals.number`;
      return toRivals(rows);
    }
    case "best_completed": {
      const rows = await prisma.$queryRaw<RivalRow[]>`
        with rivals as (
          select r.*, s.objective_metric, row_number() over (
            order by (case s.objective_direction when 'minimize' then 1 else -1 end) * r.objective
              nulls last, r.number) as place
          from runs r join sweeps s on s.id = r.sweep_id
          where r.sweep_id = ${sweepId}::uuid and r.state = 'completed' and r.excluded_at is null
            and r.id <> ${runId}::uuid
        )
        select pg_current_snapshot()::text as saw, r.number, r.state, r.objective as value,
          false as excluded, r.rungs, r.epochs as steps, coalesce(p.at, '{}') as at,
          coalesce(p.values, '{}') as values
        from (select 1) here left join rivals r on true left join lateral (
          select array_agg(step - 1 order by step) as at, array_agg(value order by step) as values
          from metric_points
          where r.place = 1 and run_id = r.id and name = r.objective_metric
        ) p on true
        order by r.number`;
      return toRivals(rows);
    }
    case "rungs": {
      // A run that starts over has no epoch for a while, and keeps its place at its rungs.
      const rows = await prisma.$queryRaw<RivalRow[]>`
        select pg_current_snapshot()::text as saw, rivals.* from (select 1) here left join (
          select number, state, objective as value, excluded_at is not null as excluded, rungs,
            epochs as steps, case when epoch > 0 then array[epoch - 1] else '{}' end as at,
            case when epoch > 0 then array[coalesce(objective, 'NaN'::float8)] else '{}' end
              as values
          from runs
          where sweep_id = ${sweepId}::uuid and (epoch > 0 or rungs <> '{}')
            and id <> ${runId}::uuid
        ) rivals on true order by rivals.number`;
      return toRivals(rows);
    }
  }
}

interface Points {
  readonly at: number[];
  readonly values: number[];
}

/** Without any other run there is one row, which tells of none. */
type RivalRow = PruningCurve & Points & { readonly saw: string; readonly number: number | null };

const toRivals = (rows: readonly RivalRow[]): RivalCurves => ({
  curves: rows.flatMap(({ saw: _, ...row }) => (row.number === null ? [] : [withPoints(row)])),
  saw: rows[0]?.saw ?? null,
});

function withPoints<Row extends Points>({ at, values, ...curve }: Row) {
  const points = at.map((step, index) => ({ step, value: values[index] ?? Number.NaN }));
  return { ...curve, points };
}
