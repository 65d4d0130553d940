import {
  AppError,
  type Challenger,
  type Force,
  type Id,
  type ModelChangeView,
  type ModelVersionView,
  type ModelView,
  type PromotionPolicy,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import { Prisma } from "./generated/client.js";
import { toJson } from "./json.js";
import { lockModel, modelNotFound } from "./lockModel.js";
import { readModelVersion, readModelVersions } from "./modelVersionView.js";
import { aliasTarget, moveAlias, recordChange } from "./moveAlias.js";
import { type Asker, type JudgedGates, refusal, settlePromotion } from "./settlePromotion.js";

/** By name; versions newest first. */
export const listModels = (db: Db, projectId: Id): Promise<ModelView[]> =>
  readModels(db, projectId, null);

/** @throws {AppError} `not_found`. */
export async function getModel(db: Db, projectId: Id, name: string): Promise<ModelView> {
  const [model] = await readModels(db, projectId, name);
  if (model === undefined) throw modelNotFound(name);
  return model;
}

export interface SetAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly expected?: number | null | undefined;
  readonly force?: Force | undefined;
  readonly reason: string;
}

/**
 * Points an alias at a version, if the gates let it; who did it, and why, is kept.
 * @param judged what the gates found, where the model's policy guards the alias.
 * @throws {AppError} `not_found`; `conflict` as `promoteRun`.
 */
export async function setAlias(
  db: Db,
  projectId: Id,
  asker: Asker,
  { model, alias, version, expected, force, reason }: SetAlias,
  judged?: JudgedGates,
): Promise<ModelVersionView> {
  const { view, promotion } = await db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, model);
    await requireVersion(tx, modelId, model, version);
    const asked = { modelId, model, alias, version, expected, asker, reason, force, judged };
    const settled = await settlePromotion(tx, asked);
    await recordEvent(tx, projectId, { type: "model.changed", model });
    return { view: await requireVersion(tx, modelId, model, version), promotion: settled };
  });
  if (promotion?.state === "refused") throw refusal(promotion);
  return view;
}

/**
 * Points an alias back at the version it pointed at before, by the model's trail; versions that were
 * deleted since are passed over.
 * @throws {AppError} `conflict` if there is none.
 */
export async function rollBackAlias(
  db: Db,
  projectId: Id,
  actor: string,
  { model, alias, reason }: Pick<SetAlias, "model" | "alias" | "reason">,
): Promise<ModelVersionView> {
  return db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, model);
    const now = await aliasTarget(tx, modelId, alias);
    if (now === null) throw new AppError("not_found", `model "${model}" has no alias "${alias}"`);
    const [before] = await tx.$queryRaw<{ version: number }[]>`
      select c.from_version as version from model_changes c
      join model_versions v on v.model_id = c.model_id and v.version = c.from_version
      where c.model_id = ${modelId}::uuid and c.action = 'alias' and c.alias = ${alias}
        and c.to_version = ${now} and c.from_version <> ${now}
      order by c.at desc, c.id desc limit 1`;
    if (before === undefined)
      throw new AppError(
        "conflict",
        `${alias} of "${model}" has pointed at no other version that is still there`,
      );
    const { version } = before;
    await moveAlias(tx, { modelId, alias, version, actor, reason, action: "rollback" });
    await recordEvent(tx, projectId, { type: "model.changed", model });
    return requireVersion(tx, modelId, model, version);
  });
}

export interface ModelPolicy {
  readonly policy: PromotionPolicy | null;
  readonly keep_versions: number | null;
  readonly reason: string;
}

/** @throws {AppError} `not_found`. */
export async function setPolicy(
  db: Db,
  projectId: Id,
  actor: string,
  name: string,
  { policy, keep_versions: keepVersions, reason }: ModelPolicy,
): Promise<ModelView> {
  await db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, name);
    await tx.model.update({
      where: { id: modelId },
      data: { policy: policy === null ? Prisma.DbNull : toJson(policy), keepVersions },
      select: { id: true },
    });
    await recordChange(tx, { modelId, action: "policy", actor, reason });
    await recordEvent(tx, projectId, { type: "model.changed", model: name });
  });
  return getModel(db, projectId, name);
}

/** Says how another version is tried on the champion's requests. @throws {AppError} `not_found`. */
export async function setChallenger(
  db: Db,
  projectId: Id,
  actor: string,
  name: string,
  { challenger, reason }: { readonly challenger: Challenger | null; readonly reason: string },
): Promise<ModelView> {
  await db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, name);
    await tx.model.update({
      where: { id: modelId },
      data: { challenger: challenger === null ? Prisma.DbNull : toJson(challenger) },
      select: { id: true },
    });
    const alias = challenger === null ? {} : { alias: challenger.alias };
    await recordChange(tx, { modelId, action: "challenger", ...alias, actor, reason });
    await recordEvent(tx, projectId, { type: "model.changed", model: name });
  });
  return getModel(db, projectId, name);
}

/** @throws {AppError} `not_found`. */
export async function setVersionTags(
  db: Db,
  projectId: Id,
  actor: string,
  { name, version }: { readonly name: string; readonly version: number },
  { tags, reason }: { readonly tags: readonly string[]; readonly reason: string },
): Promise<ModelVersionView> {
  return db.prisma.$transaction(async (tx) => {
    const modelId = await lockModel(tx, projectId, name);
    await requireVersion(tx, modelId, name, version);
    await tx.modelVersion.update({
      where: { modelId_version: { modelId, version } },
      data: { tags: [...new Set(tags)] },
      select: { id: true },
    });
    await recordChange(tx, { modelId, action: "tags", toVersion: version, actor, reason });
    await recordEvent(tx, projectId, { type: "model.changed", model: name });
    return requireVersion(tx, modelId, name, version);
  });
}

/** Newest first. @throws {AppError} `not_found`. */
export async function listModelChanges(
  db: Db,
  projectId: Id,
  name: string,
): Promise<ModelChangeView[]> {
  const model = await db.prisma.model.findUnique({
    where: { projectId_name: { projectId, name } },
    select: { changes: { orderBy: [{ at: "desc" }, { id: "desc" }], take: 1000 } },
  });
  if (model === null) throw modelNotFound(name);
  return model.changes.map(({ id: _, modelId: __, action, at, ...change }) => ({
    ...change,
    action: action as ModelChangeView["action"],
    at: at.toISOString(),
  }));
}

async function requireVersion(
  tx: Tx,
  modelId: Id,
  model: string,
  version: number,
): Promise<ModelVersionView> {
  const known = await readModelVersion(tx, modelId, version);
  if (known !== undefined) return known;
  throw new AppError("not_found", `model "${model}" has no version ${version}`);
}

async function readModels(db: Db, projectId: Id, name: string | null): Promise<ModelView[]> {
  const [models, versions] = await Promise.all([
    db.prisma.model.findMany({
      where: { projectId, ...(name !== null && { name }) },
      orderBy: { name: "asc" },
    }),
    readModelVersions(
      db.prisma,
      Prisma.sql`m.project_id = ${projectId}::uuid
        and (${name}::text is null or m.name = ${name})`,
    ),
  ]);
  return models.map((model) => ({
    id: model.id,
    name: model.name,
    createdAt: model.createdAt.toISOString(),
    policy: model.policy as PromotionPolicy | null,
    keepVersions: model.keepVersions,
    challenger: model.challenger as Challenger | null,
    versions: versions
      .filter(({ modelId }) => modelId === model.id)
      .map(({ modelId: _, ...version }) => version),
  }));
}
