import {
  AppError,
  type BestRun,
  type Direction,
  type Id,
  type Objective,
  type Report,
  type RunState,
  type SweepView,
  type WinnerPromotion,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { toRunCounts } from "./runCounts.js";

interface SweepRow
  extends Omit<SweepView, "counts" | "best" | "objective" | "seed" | "promotion" | keyof Times> {
  readonly seed: bigint;
  readonly metric: Objective["metric"];
  readonly direction: Direction;
  readonly counts: Partial<Record<RunState, number>> | null;
  readonly best: Omit<BestRun, "metric" | "test"> | null;
  readonly bestReport: Report | null;
  readonly promotion: Omit<WinnerPromotion, "judgedAt"> | null;
  readonly judgedAt: Date | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly updatedAt: Date;
}
type Times = Pick<SweepView, "createdAt" | "startedAt" | "endedAt" | "updatedAt">;

/**
 * Views of the sweeps `s` that match, in one statement: counts, progress and the best run are
 * aggregates of their runs. A run that has ended counts as planned what it finished, so that a
 * sweep with pruned runs still reaches its end.
 */
export async function readSweeps(
  tx: Tx,
  where: Prisma.Sql,
  order: Prisma.Sql = Prisma.empty,
): Promise<SweepView[]> {
  const rows = await tx.$queryRaw<SweepRow[]>`
    with page as (select s.* from sweeps s where ${where} ${order})
    select s.id, s.name, s.description, s.state, s.state_reason as "stateReason", s.plan, s.space,
      s.sampler, s.pruner, s.trainer, s.objectives, s.constraints, s.repeats, s.folds,
      s.objective_metric as metric, s.objective_direction as direction,
      s.budget, s.planned_runs as "plannedRuns", s.target, s.terminator, f.figures as "terminatorFigures", s.warm_start as "warmStart",
      s.forked_from as "forkedFrom", s.version, s.parallelism, s.priority, s.weight, s.seed, s.tags,
      s.promote, w.judged_at as "judgedAt",
      case when w.sweep_id is not null then jsonb_build_object('state', coalesce(m.state, w.state),
        'runId', w.run_id, 'version', w.version, 'gates', coalesce(m.gates, '[]'),
        'detail', w.detail) end as promotion,
      s.created_by as "createdBy", s.created_at as "createdAt", t.started_at as "startedAt",
      s.ended_at as "endedAt", greatest(s.updated_at, t.updated_at) as "updatedAt",
      t.counts, coalesce(t.done, 0)::int as "epochsDone",
      coalesce(t.planned, 0)::int as "epochsPlanned", b.best, b.report as "bestReport"
    from page s
    left join sweep_promotions w on w.sweep_id = s.id
    left join promotions m on m.id = w.promotion_id
    left join lateral (
      select jsonb_object_agg(g.state, g.runs) as counts, sum(g.done) as done,
        sum(g.planned) as planned, min(g.started_at) as started_at, max(g.updated_at) as updated_at
      from (
        select r.state, count(*) as runs, sum(r.epoch) as done,
          sum(case when r.ended_at is null then r.epochs else r.epoch end) as planned,
          min(r.started_at) as started_at, max(r.updated_at) as updated_at
        from runs r where r.sweep_id = s.id group by r.state
      ) g
    ) t on true
    left join lateral (
      select jsonb_build_object('runId', r.id, 'number', r.number, 'name', r.name,
        'params', r.params, 'value', r.value, 'point', r.place) as best, p.report
      from (
        (${bestOf("minimize", Prisma.sql`asc`)}) union all (${bestOf("maximize", Prisma.sql`desc`)})
        union all (${bestPoint(Prisma.sql`r.objective`)})
      ) r
      left join reports p on p.run_id = r.id
    ) b on true
    left join lateral (
      select json_build_object('runs', l.entry -> 'runs', 'regretBound', l.entry -> 'regretBound',
        'error', l.entry -> 'error') as figures
      from sweep_log l
      where s.terminator ->> 'name' = 'regret_bound' and l.sweep_id = s.id and l.kind = 'terminator'
      order by l.seq desc limit 1
    ) f on true ${order}`;
  return rows.map(toSweepView);
}

/**
 * Run `r` keeps to every constraint of its sweep `s`; one that was not measured is not kept to.
 * Most sweeps have none: to look into the empty list for each run takes a fifth of a best run's time.
 */
export const FEASIBLE = Prisma.sql`(s.constraints = '[]'::jsonb or not exists (
  select 1 from jsonb_array_elements(s.constraints) c
  where not coalesce(
    case c ->> 'op' when '<=' then (r.metrics ->> (c ->> 'metric'))::float8 <= (c ->> 'value')::float8
      else (r.metrics ->> (c ->> 'metric'))::float8 >= (c ->> 'value')::float8 end, false)))`;

/**
 * The best point of sweep `s`, whose points have several runs: by the mean of a value over those
 * that nobody excluded, all of which must have completed within the constraints. The first of its
 * runs stands for it.
 */
export const bestPoint = (
  value: Prisma.Sql,
  direction = Prisma.sql`s.objective_direction`,
  filter = Prisma.empty,
) => Prisma.sql`
  select r.id, r.number, r.name, r.params, g.mean as value,
    jsonb_build_object('number', g.point, 'runs', g.runs, 'std', g.std) as place
  from (
    select r.point, avg(${value}) as mean, coalesce(stddev_samp(${value}), 0) as std,
      count(*)::int as runs, min(r.number) as first
    from runs r
    where s.repeats * coalesce(s.folds, 1) > 1 and r.sweep_id = s.id and r.excluded_at is null
      ${filter}
    group by r.point
    having bool_and(r.state = 'completed' and ${value} is not null and ${FEASIBLE})
    order by case when ${direction} = 'minimize' then avg(${value}) else -avg(${value}) end, r.point
    limit 1
  ) g join runs r on r.sweep_id = s.id and r.number = g.first`;

/** The best run of sweep `s`, if it has this direction; read from the end of an index. */
const bestOf = (direction: Direction, order: Prisma.Sql) => Prisma.sql`
  select r.id, r.number, r.name, r.params, r.objective as value, null::jsonb as place from runs r
  where s.repeats * coalesce(s.folds, 1) = 1 and s.objective_direction = ${direction} and r.sweep_id = s.id and r.state = 'completed'
    and r.excluded_at is null and r.objective is not null and ${FEASIBLE}
  order by r.objective ${order}, r.number limit 1`;

/** @throws {AppError} `not_found`. */
export async function readSweep(tx: Tx, projectId: Id, id: Id): Promise<SweepView> {
  const where = Prisma.sql`s.project_id = ${projectId}::uuid and s.id = ${id}::uuid`;
  const [view] = await readSweeps(tx, where);
  if (view === undefined) throw sweepNotFound(id);
  return view;
}

export const sweepNotFound = (id: Id): AppError =>
  new AppError("not_found", `this project has no sweep ${id}`);

/** The figures of a best run that its report holds. */
export const testFigures = (report: Report | null): BestRun["test"] =>
  report && {
    accuracy: report.task === "regression" ? null : report.accuracy,
    f1Macro: report.task === "regression" ? null : report.macro.f1,
    loss: report.loss,
  };

function toSweepView(row: SweepRow): SweepView {
  const { metric, direction, best, bestReport, counts, promotion, judgedAt, ...rest } = row;
  return {
    ...rest,
    seed: Number(row.seed),
    objective: { metric, direction },
    objectives: row.objectives.length > 0 ? row.objectives : [{ metric, direction }],
    counts: toRunCounts(counts),
    best: best && { ...best, metric, test: testFigures(bestReport) },
    promotion: promotion && judgedAt && { ...promotion, judgedAt: judgedAt.toISOString() },
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}
