import type { Id, QueueHistory } from "@sweepyard/contract";
import type { Db } from "./connect.js";

const BUCKETS = 60;

/**
 * Notes how many runs of each project wait and run, where that differs from what was noted last.
 * Something is noted every five minutes all the same, so that a time in which nobody looked is told
 * from one in which nothing changed.
 */
export async function sampleQueues(db: Db): Promise<void> {
  await db.prisma.$executeRaw`
    insert into queue_samples (project_id, at, queued, running, slots)
    select p.id, now(), r.queued, r.running, w.slots
    from projects p
    cross join lateral (
      select count(*) filter (where state = 'queued')::int as queued,
        count(*) filter (where state = 'running')::int as running
      from runs where project_id = p.id and state in ('queued', 'running')
    ) r
    cross join (
      select coalesce(sum(jsonb_array_length(slots)), 0)::int as slots from workers
      where state = 'active' and last_seen_at > now() - interval '1 minute'
    ) w
    left join lateral (
      select * from queue_samples s where s.project_id = p.id order by s.at desc limit 1
    ) last on true
    where last.at is null or last.at < now() - interval '5 minutes'
      or (last.queued, last.running, last.slots) <> (r.queued, r.running, w.slots)
    on conflict do nothing`;
}

/** How a project's queue went in the last `minutes`. */
export async function queueHistory(db: Db, projectId: Id, minutes: number): Promise<QueueHistory> {
  const spanMs = minutes * 60_000;
  const to = await databaseNow(db);
  const from = new Date(to.getTime() - spanMs);
  const [depth, counts] = await Promise.all([
    readDepth(db, projectId, from),
    readCounts(db, projectId, from, to),
  ]);
  return { origin: from.toISOString(), spanMs, depth, buckets: BUCKETS, ...counts };
}

/** Instants are the database's: clocks of other machines may differ from it. */
async function databaseNow(db: Db): Promise<Date> {
  const [row] = await db.prisma.$queryRaw<{ now: Date }[]>`select now()`;
  if (row === undefined) throw new TypeError("a select without from gave no row");
  return row.now;
}

/** The last sample before `from` holds at `from`. */
async function readDepth(db: Db, projectId: Id, from: Date): Promise<QueueHistory["depth"]> {
  const rows = await db.prisma.$queryRaw<
    { at: number; queued: number; running: number; slots: number }[]
  >`
    select greatest(0, round(extract(epoch from at - ${from}::timestamptz) * 1000))::float8 as at,
      queued, running, slots
    from queue_samples
    where project_id = ${projectId}::uuid and at >= coalesce((
      select max(at) from queue_samples
      where project_id = ${projectId}::uuid and at <= ${from}
        and at > ${from}::timestamptz - interval '6 minutes'
    ), ${from})
    order by queue_samples.at`;
  return {
    at: rows.map(({ at }) => at),
    queued: rows.map(({ queued }) => queued),
    running: rows.map(({ running }) => running),
    slots: rows.map(({ slots }) => slots),
  };
}

interface BucketRow {
  readonly bucket: number;
  readonly started: number;
  readonly finished: number;
  readonly failed: number;
  readonly waitMedianMs: number | null;
  readonly waitP90Ms: number | null;
}

async function readCounts(db: Db, projectId: Id, from: Date, to: Date) {
  const rows = await db.prisma.$queryRaw<BucketRow[]>`
    with began as (
      select a.started_at as at, case when a.number = 1
        then extract(epoch from a.started_at - r.created_at) * 1000 end as wait
      from attempts a join runs r on r.id = a.run_id
      where r.project_id = ${projectId}::uuid and a.started_at >= ${from} and a.started_at < ${to}
    ), ended as (
      select a.ended_at as at, a.outcome in ('completed', 'pruned', 'diverged') as finished,
        a.outcome in ('failed', 'lost') as failed
      from attempts a join runs r on r.id = a.run_id
      where r.project_id = ${projectId}::uuid and a.ended_at >= ${from} and a.ended_at < ${to}
    ), counted as (
      select at, 1 as started, 0 as finished, 0 as failed, wait from began
      union all select at, 0, finished::int, failed::int, null from ended
    )
    select least(${BUCKETS}, width_bucket(extract(epoch from at), extract(epoch from ${from}::timestamptz),
        extract(epoch from ${to}::timestamptz), ${BUCKETS})) - 1 as bucket,
      sum(started)::int as started, sum(finished)::int as finished, sum(failed)::int as failed,
      percentile_cont(0.5) within group (order by wait) as "waitMedianMs",
      percentile_cont(0.9) within group (order by wait) as "waitP90Ms"
    from counted group by 1`;
  const byBucket = new Map(rows.map((row) => [row.bucket, row]));
  const column = <T>(read: (row: BucketRow) => T, none: T): T[] =>
    Array.from({ length: BUCKETS }, (_, bucket) => {
      const row = byBucket.get(bucket);
      return row === undefined ? none : read(row);
    });
  return {
    started: column((row) => row.started, 0),
    finished: column((row) => row.finished, 0),
    failed: column((row) => row.failed, 0),
    waitMedianMs: column((row) => row.waitMedianMs, null),
    waitP90Ms: column((row) => row.waitP90Ms, null),
  };
}
