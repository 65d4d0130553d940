import { AppError, type Id, type ModelChangeView, newId } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { tellWebhooks } from "./webhooks/tellWebhooks.js";

export interface AliasMove {
  readonly modelId: Id;
  readonly alias: string;
  readonly version: number;
  /** Where it has to point now; null: nowhere yet; absent: wherever. */
  readonly expected?: number | null | undefined;
  readonly actor: string;
  readonly reason: string;
  /** A rollback is told apart in the trail, so that the next one goes further back. */
  readonly action?: "alias" | "rollback";
}

/**
 * Points an alias at a version and keeps who did it, from where, and why. An alias that points
 * there already leaves no trace. The caller holds the model's row.
 * @throws {AppError} `conflict` if the alias points elsewhere than expected.
 */
export async function moveAlias(
  tx: Tx,
  { modelId, alias, version, expected, actor, reason, action = "alias" }: AliasMove,
): Promise<void> {
  const fromVersion = await aliasTarget(tx, modelId, alias);
  if (expected !== undefined && expected !== fromVersion)
    throw new AppError(
      "conflict",
      `${alias} ${pointsAt(fromVersion)}, not ${expected ?? "nowhere"} as expected: somebody moved it meanwhile`,
    );
  if (fromVersion === version) return;
  await tx.$executeRaw`
    insert into model_aliases (model_id, alias, version_id)
    select ${modelId}::uuid, ${alias}, v.id from model_versions v
    where v.model_id = ${modelId}::uuid and v.version = ${version}
    on conflict (model_id, alias)
      do update set version_id = excluded.version_id, updated_at = now()`;
  await recordChange(tx, {
    modelId,
    action,
    alias,
    fromVersion,
    toVersion: version,
    actor,
    reason,
  });
  const { name: model, projectId } = await tx.model.findUniqueOrThrow({ where: { id: modelId } });
  await tellWebhooks(tx, projectId, { type: "model.promoted", data: { model, alias, version } });
}

const pointsAt = (version: number | null): string =>
  version === null ? "points nowhere" : `points at version ${version}`;

/** The version that an alias points at; null if there is no such alias. */
export async function aliasTarget(tx: Tx, modelId: Id, alias: string): Promise<number | null> {
  const found = await tx.modelAlias.findUnique({
    where: { modelId_alias: { modelId, alias } },
    select: { version: { select: { version: true } } },
  });
  return found?.version.version ?? null;
}

export interface ModelChangeRow {
  readonly modelId: Id;
  readonly action: ModelChangeView["action"];
  readonly alias?: string;
  readonly fromVersion?: number | null;
  readonly toVersion?: number | null;
  readonly actor: string;
  readonly reason: string;
}

/** A line of the model's trail. */
export async function recordChange(tx: Tx, change: ModelChangeRow): Promise<void> {
  await tx.modelChange.create({ data: { id: newId(), ...change }, select: { id: true } });
}
