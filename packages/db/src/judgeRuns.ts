import {
  type BestAnswer,
  type Direction,
  type Id,
  isTerminal,
  RunState,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { toRunCounts } from "./runCounts.js";
import { FEASIBLE } from "./sweepView.js";

export interface Asked {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly metric: string;
  readonly direction: Direction;
  /** `and` with a condition on the run `r`; null: none. */
  readonly filter: Prisma.Sql | null;
}

export interface Judged {
  readonly passedOver: BestAnswer["passedOver"];
  /** The best value of those who are not; null if there are none. */
  readonly best: number | null;
}

export const lastValue = (metric: string) => Prisma.sql`(r.metrics ->> ${metric})::float8`;

/** Runs `r` with their sweeps `s`, to which conditions can be added. */
export const runsOf = ({ projectId, sweepId }: Asked) => Prisma.sql`
  runs r left join sweeps s on s.id = r.sweep_id
  where r.project_id = ${projectId}::uuid
    and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)`;

const NOBODY: BestAnswer["passedOver"] = {
  excluded: 0,
  unsuccessful: 0,
  unfinished: 0,
  withoutMetric: 0,
  infeasible: 0,
  filtered: 0,
};

interface JudgedGroup {
  readonly excluded: boolean;
  readonly state: RunState;
  readonly lacking: boolean;
  readonly infeasible: boolean;
  readonly filtered: boolean;
  readonly runs: number;
  readonly best: number | null;
}

/**
 * One pass over all runs, which Postgres shares among its workers: how many are passed over, for
 * each reason, and the best value of the others. By groups of plain conditions, each worked out
 * once for a run; by one expression that names the reason, Postgres expects a group for each run
 * and sorts them all.
 */
export async function judgeRuns(db: Db, asked: Asked): Promise<Judged> {
  const { metric, direction, filter } = asked;
  const best = Prisma.raw(direction === "minimize" ? "min" : "max");
  const value = lastValue(metric);
  const isDone = Prisma.sql`r.state = 'completed' and r.excluded_at is null`;
  const groups = await db.prisma.$queryRaw<JudgedGroup[]>`
    select r.excluded_at is not null as excluded, r.state,
      ${isDone} and (r.metrics ->> ${metric}) is null as lacking,
      ${isDone} and s.id is not null and not ${FEASIBLE} as infeasible,
      ${isDone} and not (true ${filter ?? Prisma.empty}) as filtered,
      count(*)::int as runs, ${best}(case when ${isDone} then ${value} end) as best
    from ${runsOf(asked)} group by 1, 2, 3, 4, 5`;
  const passedOver = { ...NOBODY };
  let found: number | null = null;
  for (const group of groups) {
    const why = whyPassedOver(group);
    if (why === null) found = group.best;
    else passedOver[why] += group.runs;
  }
  return { passedOver, best: found };
}

/** Why runs are not the best ones, whatever their value; each counts for the first reason that holds. */
function whyPassedOver(group: JudgedGroup): keyof BestAnswer["passedOver"] | null {
  if (group.excluded) return "excluded";
  if (group.state !== "completed") return isTerminal(group.state) ? "unsuccessful" : "unfinished";
  if (group.lacking) return "withoutMetric";
  if (group.infeasible) return "infeasible";
  return group.filtered ? "filtered" : null;
}

interface IndexedRow {
  readonly states: Partial<Record<RunState, number>> | null;
  readonly excluded: Partial<Record<RunState, number>> | null;
  /** Completed runs that have the metric, and how many of them are excluded. */
  readonly measured: number;
  readonly measuredExcluded: number;
  readonly best: number | null;
  readonly constrained: boolean;
}

/**
 * `judgeRuns` of all runs of a project out of indexes alone.
 * @returns null where each run's row has to be looked at: for a filter, for constraints, and of one
 *   sweep, whose runs are few
 */
export async function judgeByIndex(
  db: Db,
  { projectId, sweepId, metric, direction, filter }: Asked,
): Promise<Judged | null> {
  if (filter !== null || sweepId !== null) return null;
  const order = Prisma.raw(direction === "minimize" ? "asc" : "desc");
  const ofMetric = Prisma.sql`f.project_id = ${projectId}::uuid and f.name = ${metric} and f.completed`;
  const [row] = await db.prisma.$queryRaw<IndexedRow[]>`
    select
      (select jsonb_object_agg(state, runs) from (
        select state, count(*) as runs from runs where project_id = ${projectId}::uuid group by state
      ) g) as states,
      (select jsonb_object_agg(state, runs) from (
        select state, count(*) as runs from runs
        where project_id = ${projectId}::uuid and excluded_at is not null group by state
      ) g) as excluded,
      (select count(*)::int from run_metrics f where ${ofMetric}) as measured,
      (select count(*)::int from runs r join run_metrics f on f.run_id = r.id
        where r.project_id = ${projectId}::uuid and r.excluded_at is not null and ${ofMetric}
      ) as "measuredExcluded",
      (select f.value from run_metrics f join runs r on r.id = f.run_id
        where ${ofMetric} and r.excluded_at is null order by f.value ${order} limit 1) as best,
      exists (select 1 from sweeps
        where project_id = ${projectId}::uuid and constraints <> '[]'::jsonb) as constrained`;
  if (row === undefined || row.constrained) return null;
  const passedOver = { ...NOBODY };
  const [states, excluded] = [toRunCounts(row.states), toRunCounts(row.excluded)];
  for (const state of RunState.options) {
    passedOver.excluded += excluded[state];
    const others = states[state] - excluded[state];
    if (state === "completed")
      passedOver.withoutMetric = others - (row.measured - row.measuredExcluded);
    else passedOver[isTerminal(state) ? "unsuccessful" : "unfinished"] += others;
  }
  return { passedOver, best: row.best };
}
