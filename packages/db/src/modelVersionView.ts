import type { Id, ModelVersionView } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";

interface VersionRow extends Omit<ModelVersionView, "createdAt"> {
  readonly modelId: Id;
  readonly createdAt: Date;
}

/** The versions `v` of models `m` that match, newest first. */
export async function readModelVersions(
  tx: Tx,
  where: Prisma.Sql,
): Promise<(ModelVersionView & { readonly modelId: Id })[]> {
  const rows = await tx.$queryRaw<VersionRow[]>`
    select m.id as "modelId", m.name as model, v.version, v.run_id as "runId",
      r.name as "runName", v.artifact_id as "artifactId", v.sha256,
      array(select a.alias from model_aliases a where a.version_id = v.id order by a.alias)
        as aliases,
      v.metrics, v.params, v.code_version as "codeVersion", v.licence, v.tags,
      case when v.dataset_name is null then null
        else jsonb_build_object('name', v.dataset_name, 'version', v.dataset_version) end as dataset,
      v.promoted_by as "promotedBy", v.reason, v.created_at as "createdAt"
    from model_versions v
    join models m on m.id = v.model_id
    join runs r on r.id = v.run_id
    where ${where}
    order by v.version desc`;
  return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));
}

export async function readModelVersion(
  tx: Tx,
  modelId: Id,
  version: number,
): Promise<ModelVersionView | undefined> {
  const where = Prisma.sql`v.model_id = ${modelId}::uuid and v.version = ${version}`;
  const [row] = await readModelVersions(tx, where);
  if (row === undefined) return undefined;
  const { modelId: _, ...view } = row;
  return view;
}
