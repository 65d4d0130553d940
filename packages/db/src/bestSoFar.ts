import { type BestSoFar, type Id, MOST_IMPROVEMENTS } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { FEASIBLE } from "./sweepView.js";

/**
 * The improvements of each of `ids` that the project has and that has any, in one statement. Of a
 * sweep with several runs of a point it is the points' means that improve, each under the number
 * of its first run.
 */
export async function bestSoFar(db: Db, projectId: Id, ids: readonly Id[]): Promise<BestSoFar[]> {
  return db.prisma.$queryRaw<BestSoFar[]>`
    with measured as (
      select s.id, f.number, f.value,
        case s.objective_direction when 'maximize' then f.value else -f.value end as gain
      from sweeps s cross join lateral (
        select r.number, r.objective as value from runs r
        where s.repeats * coalesce(s.folds, 1) = 1 and r.sweep_id = s.id
          and r.state = 'completed' and r.excluded_at is null and r.objective is not null
          and ${FEASIBLE}
        union all
        select min(r.number), avg(r.objective) from runs r
        where s.repeats * coalesce(s.folds, 1) > 1 and r.sweep_id = s.id and r.excluded_at is null
        group by r.point
        having bool_and(r.state = 'completed' and r.objective is not null and ${FEASIBLE})
      ) f
      where s.project_id = ${projectId}::uuid and s.id = any(${ids}::uuid[])
    ), compared as (
      select m.*, max(m.gain) over (partition by m.id order by m.number
        rows between unbounded preceding and 1 preceding) as before
      from measured m
    ), improved as (
      select c.id, c.number, c.value, count(*) over (partition by c.id) as steps,
        row_number() over (partition by c.id order by c.number) as step
      from compared c where c.before is null or c.gain > c.before
    )
    select i.id as "sweepId", jsonb_agg(i.number order by i.number) as numbers,
      jsonb_agg(i.value order by i.number) as values
    from improved i
    where i.steps <= ${MOST_IMPROVEMENTS}
      or i.step * ${MOST_IMPROVEMENTS} / i.steps > (i.step - 1) * ${MOST_IMPROVEMENTS} / i.steps
    group by i.id`;
}
