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
import { moveAlias } from "./moveAlias.js";
import { runNotFound } from "./runView.js";

/**
 * Makes a run's model a version and points an alias at it. A run is at most one version of a
 * model: promoting it again only moves the alias.
 * @throws {AppError} `conflict` unless the run is completed and not excluded.
 */
export async function promoteRun(
  db: Db,
  projectId: Id,
  actor: string,
  runId: Id,
  { model, alias, reason }: PromoteRun,
): Promise<ModelVersionView> {
  return db.prisma.$transaction(async (tx) => {
    const artifact = await promotable(tx, projectId, runId);
    const modelId = await lockModel(tx, projectId, actor, model);
    const version =
      (await versionOf(tx, modelId, runId)) ??
      (await addVersion(tx, { modelId, runId, artifact, actor, reason }));
    await moveAlias(tx, { modelId, alias, version, actor, reason });
    await recordEvent(tx, projectId, { type: "model.changed", model });
    const view = await readModelVersion(tx, modelId, version);
    if (view === undefined) throw new TypeError("a version that was just made is not there");
    return view;
  });
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

async function lockModel(tx: Tx, projectId: Id, actor: string, name: string): Promise<Id> {
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
}

/** Metrics and params are copied: a version says for good what it was promoted for. */
async function addVersion(
  tx: Tx,
  { modelId, runId, artifact, actor, reason }: NewVersion,
): Promise<number> {
  const { nextVersion } = await tx.model.update({
    where: { id: modelId },
    data: { nextVersion: { increment: 1 } },
    select: { nextVersion: true },
  });
  const version = nextVersion - 1;
  await tx.$executeRaw`
    insert into model_versions
      (id, model_id, version, run_id, artifact_id, sha256, metrics, params, promoted_by, reason)
    select ${newId()}::uuid, ${modelId}::uuid, ${version}, r.id, ${artifact.id}::uuid,
      ${artifact.sha256}, r.metrics, r.params, ${actor}, ${reason}
    from runs r where r.id = ${runId}::uuid`;
  return version;
}
