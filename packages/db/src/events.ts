import type { Id, LiveEvent, StoredEvent } from "@sweepyard/contract";
import { readBatches } from "./batches/batchView.js";
import type { Db, Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { readRuns } from "./runView.js";
import { readSweeps } from "./sweepView.js";
import { readWorkers } from "./workerView.js";

/** Stores an event in the transaction that makes the change. Null project: for all of them. */
export const recordEvent = (tx: Tx, projectId: Id | null, event: StoredEvent): Promise<void> =>
  recordEvents(tx, projectId, [event]);

/**
 * `recordEvent` for many, in one statement; to be called after the change. A run's event keeps the
 * state that the change led to, by which a reader knows whether a later event will tell of more;
 * an epoch's keeps the run's number, by which charts know it.
 */
export async function recordEvents(
  tx: Tx,
  projectId: Id | null,
  events: readonly StoredEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await tx.$executeRaw`
    insert into events (project_id, data)
    select ${projectId}::uuid, e.data::jsonb || coalesce(
      (select case e.data::jsonb->>'type'
          when 'run.changed' then jsonb_build_object('state', r.state)
          when 'run.epoch' then jsonb_build_object('number', r.number) end
        from runs r where r.id = (e.data::jsonb->>'runId')::uuid),
      '{}')
    from unnest(${events.map((event) => JSON.stringify(event))}::text[])
      with ordinality e (data, position)
    order by e.position`;
}

export interface EventBatch {
  readonly events: { readonly cursor: string; readonly event: LiveEvent }[];
  /** Where to go on from, even if no event is for this project. */
  readonly cursor: string;
  /** True if the limit was reached: read on at once. */
  readonly more: boolean;
}

/** A place in the order of events, written `<tx>-<id>`. */
interface Cursor {
  readonly tx: bigint;
  readonly id: bigint;
}

const format = ({ tx, id }: Cursor) => `${tx}-${id}`;
const isBefore = (a: Cursor, b: Cursor) => a.tx < b.tx || (a.tx === b.tx && a.id < b.id);

function parse(text: string): Cursor | null {
  const match = /^(\d{1,18})-(\d{1,18})$/.exec(text);
  return match && { tx: BigInt(match[1] ?? 0), id: BigInt(match[2] ?? 0) };
}

interface EventRow {
  /** Every transaction below it has ended, so its events are all there to be seen. */
  readonly xmin: bigint;
  readonly xmax: bigint;
  readonly trimTx: bigint | null;
  readonly trimId: bigint | null;
  readonly tx: bigint | null;
  readonly id: bigint | null;
  readonly data: StoredEvent | null;
}

/**
 * Events after `cursor`; null starts with those of now. A `gap` event comes first if some were
 * dropped by age since, or if the cursor is not one of this database's.
 *
 * Only transactions below the oldest open one are read: a later one may commit first, and a cursor
 * past it would lose the other's events for good.
 */
export async function readEvents(
  db: Db,
  projectId: Id,
  cursor: string | null,
  limit: number,
): Promise<EventBatch> {
  if (cursor === null) return { events: [], cursor: await currentCursor(db), more: false };
  const after = parse(cursor);
  if (after === null) return startAnew(db);
  const rows = await db.prisma.$queryRaw<EventRow[]>`
    with now as (
      select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax
    )
    select now.xmin, now.xmax, t.tx as "trimTx", t.event_id as "trimId", e.tx, e.id, e.data
    from now
    left join event_trims t on true
    left join lateral (
      select * from events e
      where e.tx < now.xmin and (e.tx, e.id) > (${after.tx}::bigint, ${after.id}::bigint)
        and (e.project_id = ${projectId}::uuid or e.project_id is null)
      order by e.tx, e.id limit ${limit}
    ) e on true
    order by e.tx, e.id`;
  const [first] = rows;
  // A database restored from a dump counts its transactions anew.
  if (first === undefined || after.tx > first.xmax) return startAnew(db);

  const stored = rows.flatMap(({ tx, id, data }) =>
    tx === null || id === null || data === null ? [] : [{ at: { tx, id }, data }],
  );
  const more = stored.length >= limit;
  const seen = { tx: first.xmin, id: 0n };
  const last = stored.at(-1)?.at ?? after;
  const end = more || isBefore(seen, last) ? last : seen;
  const events = await toLiveEvents(db, projectId, stored);
  const trim =
    first.trimTx === null || first.trimId === null ? null : { tx: first.trimTx, id: first.trimId };
  if (trim && isBefore(after, trim))
    events.unshift({ cursor: format(trim), event: { type: "gap" } });
  return { events, cursor: format(end), more };
}

/** Events committed from now on come after it. */
export async function currentCursor(db: Db): Promise<string> {
  const [row] = await db.prisma.$queryRaw<{ tx: bigint }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as tx`;
  return format({ tx: row?.tx ?? 0n, id: 0n });
}

async function startAnew(db: Db): Promise<EventBatch> {
  const cursor = await currentCursor(db);
  return { events: [{ cursor, event: { type: "gap" } }], cursor, more: false };
}

/** Drops old events, and remembers how far, so that a reader who was away is told of the gap. */
export async function trimEvents(db: Db, keepMs: number): Promise<void> {
  await db.prisma.$executeRaw`
    with dropped as (
      delete from events where at < now() - ${keepMs} * interval '1 millisecond' returning tx, id
    ), last as (select tx, id from dropped order by tx desc, id desc limit 1)
    insert into event_trims (id, tx, event_id) select 1, tx, id from last
    on conflict (id) do update set tx = excluded.tx, event_id = excluded.event_id
    where (event_trims.tx, event_trims.event_id) < (excluded.tx, excluded.event_id)`;
}

/**
 * Views are read once for all: of several changes of one row only the last is sent, with the
 * present state. A row that is gone, or another project's, sends nothing; nor does a run that has
 * moved on to another state since, whose own event is still to come: so a run's end is never told
 * before its epochs.
 */
async function toLiveEvents(
  db: Db,
  projectId: Id,
  stored: readonly { at: Cursor; data: StoredEvent }[],
): Promise<EventBatch["events"]> {
  const lastOf = new Map(stored.map((event, index) => [keyOf(event.data, index), index]));
  const kept = stored.filter((event, index) => lastOf.get(keyOf(event.data, index)) === index);
  const ids = (pick: (event: StoredEvent) => Id | undefined) =>
    kept.flatMap(({ data }) => pick(data) ?? []);
  const runIds = ids((event) => (event.type === "run.changed" ? event.runId : undefined));
  const sweepIds = ids((event) => (event.type === "sweep.changed" ? event.sweepId : undefined));
  const batchIds = ids((event) => (event.type === "batch.changed" ? event.batchId : undefined));
  const workerIds = ids((event) => (event.type === "worker.changed" ? event.workerId : undefined));
  const own = (alias: "r" | "s", list: Id[]) => {
    const [project, id] = [Prisma.raw(`${alias}.project_id`), Prisma.raw(`${alias}.id`)];
    return Prisma.sql`${project} = ${projectId}::uuid and ${id} = any(${list}::uuid[])`;
  };
  const tx = db.prisma;
  const [runs, sweeps, batches, workers] = await Promise.all([
    runIds.length > 0 ? readRuns(tx, own("r", runIds)) : [],
    sweepIds.length > 0 ? readSweeps(tx, own("s", sweepIds)) : [],
    batchIds.length > 0 ? readBatches(tx, projectId, batchIds) : [],
    workerIds.length > 0
      ? readWorkers(tx, projectId, Prisma.sql`w.id = any(${workerIds}::uuid[])`)
      : [],
  ]);

  const toLive = (event: StoredEvent): LiveEvent | null => {
    switch (event.type) {
      case "run.changed": {
        const run = runs.find(({ id }) => id === event.runId);
        const movedOn = event.state !== undefined && event.state !== run?.state;
        return run && !movedOn ? { type: event.type, run } : null;
      }
      case "sweep.changed": {
        const sweep = sweeps.find(({ id }) => id === event.sweepId);
        return sweep ? { type: event.type, sweep } : null;
      }
      case "worker.changed": {
        const worker = workers.find(({ id }) => id === event.workerId);
        return worker ? { type: event.type, worker } : null;
      }
      case "batch.changed": {
        const batch = batches.find(({ id }) => id === event.batchId);
        return batch ? { type: event.type, batch } : null;
      }
      case "run.epoch":
      case "model.changed":
      case "dataset.changed":
        return event;
    }
  };
  return kept.flatMap(({ at, data }) => {
    const event = toLive(data);
    return event ? [{ cursor: format(at), event }] : [];
  });
}

function keyOf(event: StoredEvent, index: number): string {
  switch (event.type) {
    case "run.changed":
      return `run ${event.runId}`;
    case "sweep.changed":
      return `sweep ${event.sweepId}`;
    case "worker.changed":
      return `worker ${event.workerId}`;
    case "batch.changed":
      return `batch ${event.batchId}`;
    case "run.epoch":
    case "model.changed":
    case "dataset.changed":
      return `event ${index}`;
  }
}
