import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Names of all params and metrics that the runs of a sweep have, or of the whole project. */
export async function runColumnNames(
  db: Db,
  projectId: Id,
  sweepId: Id | undefined,
): Promise<{ params: string[]; metrics: string[] }> {
  const names = await db.prisma.$queryRaw<{ kind: "params" | "metrics"; name: string }[]>`
    select distinct k.kind, k.name from runs r
    cross join lateral (
      select 'params' as kind, jsonb_object_keys(r.params) as name
      union all select 'metrics', jsonb_object_keys(r.metrics)
    ) k
    where r.project_id = ${projectId}::uuid
      and (${sweepId === undefined} or r.sweep_id = ${sweepId ?? null}::uuid)
    order by 1, 2`;
  const of = (kind: string) => names.filter((row) => row.kind === kind).map(({ name }) => name);
  return { params: of("params"), metrics: of("metrics") };
}
