import type { Id, ServedRole } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { modelNotFound } from "./lockModel.js";
import type { ServedVersion } from "./resolveModel.js";

/** What a version has answered in one role; all but the names can be added up. */
export interface ServedCounts {
  readonly version: number;
  readonly role: ServedRole;
  /** 0: none. */
  readonly against: number;
  readonly requests: number;
  readonly rows: number;
  readonly errors: number;
  readonly compared: number;
  readonly agreed: number;
  readonly latencies: readonly number[];
  readonly classes: readonly number[];
  readonly inputs: readonly number[];
}

const KEPT_DAYS = 90;

/** Adds what a process has counted since it last did to this hour's rows, all or nothing. */
export async function addServed(
  db: Db,
  counted: readonly (ServedCounts & { readonly modelId: Id })[],
): Promise<void> {
  // In one order everywhere, so that processes that add at once wait for each other and don't lock up.
  const ordered = counted.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await db.prisma.$transaction(async (tx) => {
    for (const one of ordered)
      await tx.$executeRaw`
        insert into served_hours as s (model_id, hour, version, role, against, requests, rows,
          errors, compared, agreed, latencies, classes, inputs)
        select m.id, date_trunc('hour', now()), ${one.version}, ${one.role}, ${one.against},
          ${one.requests}, ${one.rows}, ${one.errors}, ${one.compared}, ${one.agreed},
          ${[...one.latencies]}::bigint[], ${[...one.classes]}::bigint[],
          ${[...one.inputs]}::bigint[]
        from models m where m.id = ${one.modelId}::uuid
        on conflict (model_id, hour, version, role, against) do update set
          requests = s.requests + excluded.requests, rows = s.rows + excluded.rows,
          errors = s.errors + excluded.errors, compared = s.compared + excluded.compared,
          agreed = s.agreed + excluded.agreed,
          latencies = add_counts(s.latencies, excluded.latencies),
          classes = add_counts(s.classes, excluded.classes),
          inputs = add_counts(s.inputs, excluded.inputs)`;
  });
}

/** @returns how many hours were dropped by age. */
export const dropOldServed = (db: Db): Promise<number> =>
  db.prisma.$executeRaw`
    delete from served_hours where hour < now() - make_interval(days => ${KEPT_DAYS})`;

const keyOf = ({ modelId, version, role, against }: ServedCounts & { modelId: Id }) =>
  `${modelId} ${version} ${role} ${against}`;

export interface ServedTotals extends ServedCounts {
  /** Of the version; null if it has been deleted. */
  readonly runId: Id | null;
  readonly classNames: readonly string[];
}

/** Sums since an instant, versions newest first. @throws {AppError} `not_found`. */
export async function servedTotals(
  db: Db,
  projectId: Id,
  name: string,
  since: Date,
): Promise<ServedTotals[]> {
  const model = await db.prisma.model.findUnique({
    where: { projectId_name: { projectId, name } },
    select: { id: true },
  });
  if (model === null) throw modelNotFound(name);
  return db.prisma.$queryRaw<ServedTotals[]>`
    with hours as (
      select * from served_hours where model_id = ${model.id}::uuid and hour >= ${since}
    )
    select h.version, h.role, h.against, sum(h.requests)::float8 as requests,
      sum(h.rows)::float8 as rows, sum(h.errors)::float8 as errors,
      sum(h.compared)::float8 as compared, sum(h.agreed)::float8 as agreed,
      ${summed("latencies")} as latencies, ${summed("classes")} as classes,
      ${summed("inputs")} as inputs,
      v.run_id as "runId", coalesce(d.class_names, '{}') as "classNames"
    from hours h
    left join model_versions v on v.model_id = h.model_id and v.version = h.version
    left join runs r on r.id = v.run_id
    left join datasets d on d.id = r.dataset_id
    group by h.version, h.role, h.against, v.run_id, d.class_names
    order by h.version desc, h.role, h.against`;
}

/** The arrays of one group, added number by number. */
const summed = (column: "latencies" | "classes" | "inputs"): Prisma.Sql => Prisma.sql`
  coalesce((select array_agg(total order by at) from (
    select at, sum(count)::float8 as total
    from hours i, unnest(i.${Prisma.raw(column)}) with ordinality as counts(count, at)
    where i.version = h.version and i.role = h.role and i.against = h.against
    group by at) sums), '{}')`;

/** Versions that aliases point at, those moved last first: what a server loads before it is asked. */
export const aliasedVersions = (db: Db): Promise<Pick<ServedVersion, "sha256" | "runId">[]> =>
  db.prisma.$queryRaw`
    select v.sha256, v.run_id as "runId" from model_aliases a
    join model_versions v on v.id = a.version_id
    group by v.id order by max(a.updated_at) desc`;
