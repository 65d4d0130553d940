import { type Id, MOST_COLUMN_RUNS, type SweepTimeline } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { sweepNotFound } from "./sweepView.js";

/**
 * The attempts of a sweep on the slots that made them, by their start. A run's wait is told once,
 * with its first attempt: later ones begin where another was lost.
 * @throws {AppError} `not_found`.
 */
export async function sweepTimeline(db: Db, projectId: Id, sweepId: Id): Promise<SweepTimeline> {
  const [row] = await db.prisma.$queryRaw<{ timeline: string }[]>`
    with sweep as (
      select s.id, s.created_at from sweeps s
      where s.id = ${sweepId}::uuid and s.project_id = ${projectId}::uuid
    ), tried as (
      select r.number, a.number as attempt, a.worker_name, a.slot, a.device, a.started_at,
        a.ended_at, r.created_at, count(*) over () as total
      from sweep s join runs r on r.sweep_id = s.id join attempts a on a.run_id = r.id
      order by a.started_at desc limit ${MOST_COLUMN_RUNS}
    ), placed as (
      select t.*, s.created_at as origin,
        dense_rank() over (order by worker_name, slot, device) - 1 as lane
      from tried t cross join sweep s
    )
    select json_build_object(
      'origin', s.created_at,
      'lanes', coalesce((select json_agg(l.lane order by l.lane ->> 'worker', (l.lane ->> 'slot')::int, l.lane ->> 'device')
        from (select distinct jsonb_build_object('worker', worker_name, 'slot', slot, 'device', device)
          as lane from tried) l), '[]'),
      'numbers', coalesce(json_agg(p.number order by p.started_at, p.number) filter (where p.number is not null), '[]'),
      'lane', coalesce(json_agg(p.lane order by p.started_at, p.number) filter (where p.number is not null), '[]'),
      'start', coalesce(json_agg(round(extract(epoch from p.started_at - p.origin) * 1000)
        order by p.started_at, p.number) filter (where p.number is not null), '[]'),
      'end', coalesce(json_agg(round(extract(epoch from p.ended_at - p.origin) * 1000)
        order by p.started_at, p.number) filter (where p.number is not null), '[]'),
      'wait', coalesce(json_agg(case when p.attempt = 1
          then round(extract(epoch from p.started_at - p.created_at) * 1000) end
        order by p.started_at, p.number) filter (where p.number is not null), '[]'),
      'total', coalesce(max(p.total), 0)
    )::text as timeline
    from sweep s left join placed p on true group by s.created_at`;
  if (row === undefined) throw sweepNotFound(sweepId);
  const timeline = JSON.parse(row.timeline) as SweepTimeline;
  return { ...timeline, origin: new Date(timeline.origin).toISOString() };
}
