import { AppError, type Id } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import { lockModel } from "./lockModel.js";
import { recordChange } from "./moveAlias.js";

/**
 * Deletes versions past the number that the model keeps, oldest first; never one that an alias
 * points at, nor one whose promotion waits for approval. The caller holds the model's row.
 */
export async function dropOldVersions(tx: Tx, modelId: Id, actor: string): Promise<void> {
  const dropped = await tx.$queryRaw<{ version: number }[]>`
    delete from model_versions v using (
      select x.id, row_number() over (order by x.version desc) as place, m.keep_versions as kept
      from model_versions x join models m on m.id = x.model_id
      where x.model_id = ${modelId}::uuid
        and not exists (select 1 from model_aliases a where a.version_id = x.id)
        and not exists (select 1 from promotions p
          where p.model_id = x.model_id and p.version = x.version and p.state = 'waiting')
    ) old
    where v.id = old.id and old.place > old.kept
    returning v.version`;
  for (const { version } of dropped)
    await recordChange(tx, {
      modelId,
      action: "delete",
      fromVersion: version,
      actor,
      reason: "retention",
    });
}

/** @throws {AppError} `conflict` if an alias points at the version; `not_found`. */
export async function deleteVersion(
  db: Db,
  projectId: Id,
  actor: string,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, name);
    const found = await tx.modelVersion.findUnique({
      where: { modelId_version: { modelId, version } },
      select: { id: true, aliases: { select: { alias: true } } },
    });
    if (found === null)
      throw new AppError("not_found", `model "${name}" has no version ${version}`);
    if (found.aliases.length > 0) {
      const aliases = found.aliases.map(({ alias }) => alias).join(", ");
      throw new AppError(
        "conflict",
        `${aliases} points at version ${version} of "${name}": point it elsewhere first`,
      );
    }
    await tx.modelVersion.delete({ where: { id: found.id } });
    const change = { modelId, action: "delete", fromVersion: version } as const;
    await recordChange(tx, { ...change, actor, reason: "" });
    await recordEvent(tx, projectId, { type: "model.changed", model: name });
  });
}
