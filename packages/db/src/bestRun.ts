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
import { type Asked, judgeByIndex, judgeRuns, lastValue, runsOf } from "./judgeRuns.js";
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
  const filter =
    query.filter === undefined ? null : Prisma.sql`and ${runFilter(parseFilter(query.filter))}`;
  const asked = { projectId, sweepId, metric, direction, filter };
  const { best, ties, passedOver } = objective.isGrouped
    ? await bestOfPoints(db, asked)
    : await bestOfRuns(db, asked);
  if (best === undefined)
    throw new AppError(
      "not_found",
      `no completed run${query.filter === undefined ? "" : " that the filter lets through"} has a finite ${metric} yet`,
    );
  const { report, ...run } = best;
  return { ...run, metric, ties, passedOver, test: testFigures(report) };
}

interface Found {
  readonly best: BestRow | undefined;
  /** The other runs of the same value; of points with several runs, the first run of each such point. */
  readonly ties: Id[];
  readonly passedOver: BestAnswer["passedOver"];
}

/** Enough to see that a metric does not tell runs apart. */
const MOST_TIES = 100;

/** An index leads to the runs that have the best value, once that is known. */
async function bestOfRuns(db: Db, asked: Asked): Promise<Found> {
  const { projectId, metric, filter } = asked;
  const { passedOver, best } = (await judgeByIndex(db, asked)) ?? (await judgeRuns(db, asked));
  if (best === null) return { best: undefined, ties: [], passedOver };
  const rows = await db.prisma.$queryRaw<BestRow[]>`
    with equals as materialized (
      select run_id from run_metrics
      where project_id = ${projectId}::uuid and name = ${metric} and value = ${best}::float8
        and completed
    )
    select r.id as "runId", r.number, r.name, r.params, ${lastValue(metric)} as value,
      null::jsonb as point, (select p.report from reports p where p.run_id = r.id) as report
    from ${runsOf(asked)}
      and r.id in (select run_id from equals) and r.state = 'completed' and r.excluded_at is null
      and (s.id is null or ${FEASIBLE}) ${filter ?? Prisma.empty}
    order by r.number, r.id limit ${MOST_TIES + 1}`;
  return { best: rows[0], ties: rows.slice(1).map(({ runId }) => runId), passedOver };
}

async function bestOfPoints(db: Db, asked: Asked): Promise<Found> {
  const { sweepId, metric, direction, filter } = asked;
  const value = lastValue(metric);
  const and = filter ?? Prisma.empty;
  const [best] = await db.prisma.$queryRaw<BestRow[]>`
    select r.id as "runId", r.number, r.name, r.params, r.value, r.place as point, p.report
    from sweeps s
    join lateral (${bestPoint(value, Prisma.sql`${direction}::text`, and)}) r on true
    left join reports p on p.run_id = r.id
    where s.id = ${sweepId}::uuid`;
  const { passedOver } = await judgeRuns(db, asked);
  const ties =
    best &&
    (await db.prisma.$queryRaw<{ id: Id }[]>`
      select f.id from (
        select min(r.number) as first from runs r join sweeps s on s.id = r.sweep_id
        where s.id = ${sweepId}::uuid and r.excluded_at is null ${and}
        group by r.point
        having bool_and(r.state = 'completed' and ${value} is not null and ${FEASIBLE})
          and avg(${value}) = ${best.value}
      ) g join runs f on f.sweep_id = ${sweepId}::uuid and f.number = g.first
      order by f.number limit ${MOST_TIES + 1}`);
  return {
    best,
    ties: ties?.map(({ id }) => id).filter((id) => id !== best?.runId) ?? [],
    passedOver,
  };
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
