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
  const filter =
    query.filter === undefined
      ? Prisma.empty
      : Prisma.sql`and ${runFilter(parseFilter(query.filter))}`;
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

interface Asked {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly metric: string;
  readonly direction: Direction;
  readonly filter: Prisma.Sql;
}

interface Found {
  readonly best: BestRow | undefined;
  /** The other runs of the same value; of points with several runs, the first run of each such point. */
  readonly ties: Id[];
  readonly passedOver: BestAnswer["passedOver"];
}

/** Enough to see that a metric does not tell runs apart. */
const MOST_TIES = 100;

const lastValue = (metric: string) => Prisma.sql`(r.metrics ->> ${metric})::float8`;

/** All runs are read once, whatever is asked of them: with many of them that is what takes time. */
async function bestOfRuns(db: Db, asked: Asked): Promise<Found> {
  const { metric, direction } = asked;
  const best = Prisma.raw(direction === "minimize" ? "min" : "max");
  const rows = await db.prisma.$queryRaw<(BestAnswer["passedOver"] & { id: Id | null })[]>`
    with judged as materialized (
      select r.id, r.number, ${lastValue(metric)} as value, ${passedOverWhy(asked)} as why
      from ${runsOf(asked)}
    ), counts as (
      select ${COUNTS}, ${best}(value) filter (where why is null) as best from judged
    )
    select f.id, c.* from counts c left join lateral (
      select id from judged where why is null and value = c.best
      order by number, id limit ${MOST_TIES + 1}
    ) f on true`;
  const ids = rows.flatMap(({ id }) => id ?? []);
  const [row] = await db.prisma.$queryRaw<BestRow[]>`
    select r.id as "runId", r.number, r.name, r.params, ${lastValue(metric)} as value,
      null::jsonb as point, p.report
    from runs r left join reports p on p.run_id = r.id
    where r.id = ${ids[0] ?? null}::uuid`;
  return { best: row, ties: ids.slice(1), passedOver: toPassedOver(rows[0]) };
}

async function bestOfPoints(db: Db, asked: Asked): Promise<Found> {
  const { sweepId, metric, direction, filter } = asked;
  const value = lastValue(metric);
  const [best] = await db.prisma.$queryRaw<BestRow[]>`
    select r.id as "runId", r.number, r.name, r.params, r.value, r.place as point, p.report
    from sweeps s
    join lateral (${bestPoint(value, Prisma.sql`${direction}::text`, filter)}) r on true
    left join reports p on p.run_id = r.id
    where s.id = ${sweepId}::uuid`;
  const [counts] = await db.prisma.$queryRaw<BestAnswer["passedOver"][]>`
    select ${COUNTS} from (select ${passedOverWhy(asked)} as why from ${runsOf(asked)}) judged`;
  const ties =
    best &&
    (await db.prisma.$queryRaw<{ id: Id }[]>`
      select f.id from (
        select min(r.number) as first from runs r join sweeps s on s.id = r.sweep_id
        where s.id = ${sweepId}::uuid and r.excluded_at is null ${filter}
        group by r.point
        having bool_and(r.state = 'completed' and ${value} is not null and ${FEASIBLE})
          and avg(${value}) = ${best.value}
      ) g join runs f on f.sweep_id = ${sweepId}::uuid and f.number = g.first
      order by f.number limit ${MOST_TIES + 1}`);
  return {
    best,
    ties: ties?.map(({ id }) => id).filter((id) => id !== best?.runId) ?? [],
    passedOver: toPassedOver(counts),
  };
}

const runsOf = ({ projectId, sweepId }: Asked) => Prisma.sql`
  runs r left join sweeps s on s.id = r.sweep_id
  where r.project_id = ${projectId}::uuid
    and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)`;

/** Why run `r` is not the best one, whatever its value; each counts for the first reason that holds. */
const passedOverWhy = ({ metric, filter }: Asked) => Prisma.sql`case
  when r.excluded_at is not null then 'excluded'
  when r.state in ('failed', 'diverged', 'pruned', 'cancelled') then 'unsuccessful'
  when r.state <> 'completed' then 'unfinished'
  when ${lastValue(metric)} is null then 'without'
  when s.id is not null and not ${FEASIBLE} then 'infeasible'
  when not (true ${filter}) then 'filtered' end`;

const COUNTS = Prisma.sql`
  count(*) filter (where why = 'excluded')::int as excluded,
  count(*) filter (where why = 'unsuccessful')::int as unsuccessful,
  count(*) filter (where why = 'unfinished')::int as unfinished,
  count(*) filter (where why = 'without')::int as "withoutMetric",
  count(*) filter (where why = 'infeasible')::int as infeasible,
  count(*) filter (where why = 'filtered')::int as filtered`;

function toPassedOver(row: BestAnswer["passedOver"] | undefined): BestAnswer["passedOver"] {
  if (row === undefined) throw new TypeError("a count without a group has one row");
  const { excluded, unsuccessful, unfinished, withoutMetric, infeasible, filtered } = row;
  return { excluded, unsuccessful, unfinished, withoutMetric, infeasible, filtered };
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
