import {
  AppError,
  type BestAnswer,
  type BestRun,
  type Direction,
  type Id,
  type Params,
  parseFilter,
  type Report,
  risesByDefault,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { runFilter } from "./runFilter.js";
import { bestPoint, FEASIBLE, sweepNotFound, testFigures } from "./sweepView.js";

export interface BestRunQuery {
  readonly sweepId?: Id;
  /** Absent: the sweep's objective; without a sweep, val_accuracy. */
  readonly metric?: string;
  /** Absent: the sweep's if it is its objective; else minimize for losses and errors. */
  readonly direction?: Direction;
  /** In the language of contract's filter.ts. */
  readonly filter?: string;
}

/**
 * The best completed run that is not excluded and keeps to its sweep's constraints, by the last finite value of a metric; ties go to
 * the lowest number.
 * @throws {AppError} `not_found` if there is none.
 */
export async function bestRun(db: Db, projectId: Id, query: BestRunQuery): Promise<BestAnswer> {
  const objective = await objectiveOf(db, projectId, query.sweepId);
  const metric = query.metric ?? objective.metric;
  const guessed: Direction = risesByDefault(metric) ? "maximize" : "minimize";
  const direction =
    query.direction ?? (metric === objective.metric ? objective.direction : guessed);
  const { sweepId = null } = query;
  const order = Prisma.raw(direction === "minimize" ? "asc" : "desc");
  const filter =
    query.filter === undefined
      ? Prisma.empty
      : Prisma.sql`and ${runFilter(parseFilter(query.filter))}`;
  const value = Prisma.sql`(r.metrics ->> ${metric})::float8`;
  const [row] = objective.isGrouped
    ? await db.prisma.$queryRaw<BestRow[]>`
    select r.id as "runId", r.number, r.name, r.params, r.value, r.place as point, p.report
    from sweeps s
    join lateral (${bestPoint(value, Prisma.sql`${direction}::text`, filter)}) r on true
    left join reports p on p.run_id = r.id
    where s.id = ${sweepId}::uuid`
    : await db.prisma.$queryRaw<BestRow[]>`
    select r.id as "runId", r.number, r.name, r.params, ${value} as value,
      null::jsonb as point, p.report
    from runs r left join sweeps s on s.id = r.sweep_id left join reports p on p.run_id = r.id
    where r.project_id = ${projectId}::uuid
      and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)
      and r.state = 'completed' and r.excluded_at is null
      and r.metrics ->> ${metric} is not null and (s.id is null or ${FEASIBLE}) ${filter}
    order by value ${order}, r.number, r.id
    limit 1`;
  if (row === undefined)
    throw new AppError(
      "not_found",
      `no completed run${query.filter === undefined ? "" : " that the filter lets through"} has a finite ${metric} yet`,
    );
  const { report, ...best } = row;
  const asked = { projectId, sweepId, value, filter };
  const [ties, passedOver] = await Promise.all([
    tiesOf(db, asked, best, objective.isGrouped),
    countPassedOver(db, asked),
  ]);
  return { ...best, metric, ties, passedOver, test: testFigures(report) };
}

interface Asked {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly value: Prisma.Sql;
  readonly filter: Prisma.Sql;
}

/** The other runs of the same value; of points with several runs, the first run of each such point. */
async function tiesOf(
  db: Db,
  { projectId, sweepId, value, filter }: Asked,
  best: Pick<BestRow, "runId" | "value">,
  isGrouped: boolean,
): Promise<Id[]> {
  const rows = isGrouped
    ? await db.prisma.$queryRaw<{ id: Id }[]>`
      select f.id from (
        select min(r.number) as first from runs r join sweeps s on s.id = r.sweep_id
        where s.id = ${sweepId}::uuid and r.excluded_at is null ${filter}
        group by r.point
        having bool_and(r.state = 'completed' and ${value} is not null and ${FEASIBLE})
          and avg(${value}) = ${best.value}
      ) g join runs f on f.sweep_id = ${sweepId}::uuid and f.number = g.first
      order by f.number limit ${MOST_TIES + 1}`
    : await db.prisma.$queryRaw<{ id: Id }[]>`
      select r.id from runs r left join sweeps s on s.id = r.sweep_id
      where r.project_id = ${projectId}::uuid
        and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)
        and r.state = 'completed' and r.excluded_at is null and ${value} = ${best.value}
        and (s.id is null or ${FEASIBLE}) ${filter}
      order by r.number, r.id limit ${MOST_TIES + 1}`;
  return rows.map(({ id }) => id).filter((id) => id !== best.runId);
}

/** Enough to see that a metric does not tell runs apart. */
const MOST_TIES = 100;

/** Each run counts for the first reason that holds. */
async function countPassedOver(
  db: Db,
  { projectId, sweepId, value, filter }: Asked,
): Promise<BestAnswer["passedOver"]> {
  const [counts] = await db.prisma.$queryRaw<BestAnswer["passedOver"][]>`
    select
      count(*) filter (where why = 'excluded')::int as excluded,
      count(*) filter (where why = 'unsuccessful')::int as unsuccessful,
      count(*) filter (where why = 'unfinished')::int as unfinished,
      count(*) filter (where why = 'without')::int as "withoutMetric",
      count(*) filter (where why = 'infeasible')::int as infeasible,
      count(*) filter (where why = 'filtered')::int as filtered
    from (
      select case
        when r.excluded_at is not null then 'excluded'
        when r.state in ('failed', 'diverged', 'pruned', 'cancelled') then 'unsuccessful'
        when r.state <> 'completed' then 'unfinished'
        when ${value} is null then 'without'
        when s.id is not null and not ${FEASIBLE} then 'infeasible'
        when not (true ${filter}) then 'filtered' end as why
      from runs r left join sweeps s on s.id = r.sweep_id
      where r.project_id = ${projectId}::uuid
        and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)
    ) runs`;
  if (counts === undefined) throw new TypeError("a count without a group has one row");
  return counts;
}

interface BestRow {
  readonly runId: Id;
  readonly number: number;
  readonly name: string;
  readonly params: Params;
  readonly value: number;
  readonly point: BestRun["point"];
  readonly report: Report | null;
}

async function objectiveOf(db: Db, projectId: Id, sweepId: Id | undefined) {
  if (sweepId === undefined)
    return { metric: "val_accuracy", direction: "maximize" as Direction, isGrouped: false };
  const sweep = await db.prisma.sweep.findFirst({
    where: { id: sweepId, projectId },
    select: { objectiveMetric: true, objectiveDirection: true, repeats: true, folds: true },
  });
  if (sweep === null) throw sweepNotFound(sweepId);
  return {
    metric: sweep.objectiveMetric,
    direction: sweep.objectiveDirection as Direction,
    isGrouped: sweep.repeats * (sweep.folds ?? 1) > 1,
  };
}
