import {
  AppError,
  type Id,
  type ModelVersionView,
  newId,
  type PromoteRun,
  type RunState,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import { readModelVersion } from "./modelVersionView.js";
import { recordChange } from "./moveAlias.js";
import { runNotFound } from "./runView.js";
import {
  type Asker,
  type JudgedGates,
  refusal,
  type SettledPromotion,
  settlePromotion,
} from "./settlePromotion.js";

/**
 * Makes a run's model a version and points an alias at it, if the gates let it. A run is at most one
 * version of a model: promoting it again only moves the alias. A promotion that waits or is refused
 * leaves the version without the alias.
 * @param judged what the gates found, where the model's policy guards the alias.
 * @throws {AppError} `conflict` unless the run is completed and not excluded, if a gate refuses, or
 *   if the alias points elsewhere than expected.
 */
export async function promoteRun(
  db: Db,
  projectId: Id,
  asker: Asker,
  runId: Id,
  promote: PromoteRun,
  judged?: JudgedGates,
): Promise<ModelVersionView> {
  const { version, promotion } = await db.prisma.$transaction((tx) =>
    promoteWithin(tx, projectId, asker, runId, promote, judged),
  );
  if (promotion?.state === "refused") throw refusal(promotion);
  return version;
}

interface PromotedRun {
  readonly version: ModelVersionView;
  /** Absent where no policy guards the alias. */
  readonly promotion: SettledPromotion | undefined;
}

/** `promoteRun` within a transaction; a promotion that is refused is returned, not thrown. */
export async function promoteWithin(
  tx: Tx,
  projectId: Id,
  asker: Asker,
  runId: Id,
  { model, alias, reason, licence, tags, expected, force }: PromoteRun,
  judged?: JudgedGates,
): Promise<PromotedRun> {
  const actor = asker.keyName;
  const artifact = await promotable(tx, projectId, runId);
  const modelId = await ensureModel(tx, projectId, actor, model);
  const version =
    (await versionOf(tx, modelId, runId)) ??
    (await addVersion(tx, { modelId, runId, artifact, actor, reason, licence, tags }));
  const asked = { modelId, model, alias, version, expected, asker, reason, force, judged };
  const promotion = await settlePromotion(tx, asked);
  await recordEvent(tx, projectId, { type: "model.changed", model });
  const made = await readModelVersion(tx, modelId, version);
  if (made === undefined) throw new TypeError("a version that was just made is not there");
  return { version: made, promotion };
}

interface ModelArtifact {
  readonly id: Id;
  readonly sha256: string;
}

/** The run's model file. The run's row is held, so that nobody excludes it meanwhile. */
async function promotable(tx: Tx, projectId: Id, runId: Id): Promise<ModelArtifact> {
  const [run] = await tx.$queryRaw<{ state: RunState; excluded: string | null }[]>`
    select state, excluded_reason as excluded from runs
    where id = ${runId}::uuid and project_id = ${projectId}::uuid for share`;
  if (run === undefined) throw runNotFound(runId);
  if (run.state !== "completed")
    throw new AppError(
      "conflict",
      `run ${runId} is ${run.state}: only completed runs are promoted`,
    );
  if (run.excluded !== null)
    throw new AppError("conflict", `run ${runId} is excluded (${run.excluded}): put it back first`);
  const artifact = await tx.artifact.findFirst({
    where: { runId, kind: "model" },
    select: { id: true, sha256: true },
  });
  if (artifact === null) throw new AppError("conflict", `run ${runId} has no model file`);
  return artifact;
}

/** The model's row, held; made if need be. */
async function ensureModel(tx: Tx, projectId: Id, actor: string, name: string): Promise<Id> {
  await tx.$executeRaw`
    insert into models (id, project_id, name, created_by)
    values (${newId()}::uuid, ${projectId}::uuid, ${name}, ${actor})
    on conflict (project_id, name) do nothing`;
  const [model] = await tx.$queryRaw<{ id: Id }[]>`
    select id from models where project_id = ${projectId}::uuid and name = ${name}
    for no key update`;
  if (model === undefined) throw new TypeError("a model that was just made is not there");
  return model.id;
}

async function versionOf(tx: Tx, modelId: Id, runId: Id): Promise<number | undefined> {
  const row = await tx.modelVersion.findUnique({
    where: { modelId_runId: { modelId, runId } },
    select: { version: true },
  });
  return row?.version;
}

interface NewVersion {
  readonly modelId: Id;
  readonly runId: Id;
  readonly artifact: ModelArtifact;
  readonly actor: string;
  readonly reason: string;
  readonly licence: string;
  readonly tags: readonly string[];
}

/** What a version was promoted for is copied: it says so for good. */
async function addVersion(
  tx: Tx,
  { modelId, runId, artifact, actor, reason, licence, tags }: NewVersion,
): Promise<number> {
  const { nextVersion } = await tx.model.update({
    where: { id: modelId },
    data: { nextVersion: { increment: 1 } },
    select: { nextVersion: true },
  });
  const version = nextVersion - 1;
  await tx.$executeRaw`
    insert into model_versions
      (id, model_id, version, run_id, artifact_id, sha256, metrics, params, promoted_by, reason,
        licence, tags, dataset_name, dataset_version, code_version)
    select ${newId()}::uuid, ${modelId}::uuid, ${version}, r.id, ${artifact.id}::uuid,
      ${artifact.sha256}, r.metrics, r.params, ${actor}, ${reason}, ${licence},
      ${[...new Set(tags)]}::text[], d.name, d.version,
      (select w.version from attempts a join workers w on w.id = a.worker_id
        where a.run_id = r.id order by a.number desc limit 1)
    from runs r left join datasets d on d.id = r.dataset_id where r.id = ${runId}::uuid`;
  await recordChange(tx, { modelId, action: "version", toVersion: version, actor, reason });
  return version;
}
