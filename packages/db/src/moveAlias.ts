import { type Id, newId } from "@sweepyard/contract";
import type { Tx } from "./connect.js";

export interface AliasMove {
  readonly modelId: Id;
  readonly alias: string;
  readonly version: number;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Points an alias at a version and keeps who did it, from where, and why. An alias that points
 * there already leaves no trace. The caller holds the model's row.
 */
export async function moveAlias(
  tx: Tx,
  { modelId, alias, version, actor, reason }: AliasMove,
): Promise<void> {
  const before = await tx.modelAlias.findUnique({
    where: { modelId_alias: { modelId, alias } },
    select: { version: { select: { version: true } } },
  });
  const fromVersion = before?.version.version ?? null;
  if (fromVersion === version) return;
  await tx.$executeRaw`
    insert into model_aliases (model_id, alias, version_id)
    select ${modelId}::uuid, ${alias}, v.id from model_versions v
    where v.model_id = ${modelId}::uuid and v.version = ${version}
    on conflict (model_id, alias)
      do update set version_id = excluded.version_id, updated_at = now()`;
  await tx.modelAliasChange.create({
    data: { id: newId(), modelId, alias, fromVersion, toVersion: version, actor, reason },
    select: { id: true },
  });
}
