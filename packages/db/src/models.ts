import { AppError, type Id, type ModelVersionView, type ModelView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { recordEvent } from "./events.js";
import { Prisma } from "./generated/client.js";
import { readModelVersion, readModelVersions } from "./modelVersionView.js";
import { moveAlias } from "./moveAlias.js";

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
  readonly reason: string;
}

/** Points an alias at a version; who did it, and why, is kept. @throws {AppError} `not_found`. */
export async function setAlias(
  db: Db,
  projectId: Id,
  actor: string,
  { model, alias, version, reason }: SetAlias,
): Promise<ModelVersionView> {
  return db.prisma.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ id: Id }[]>`
      select id from models where project_id = ${projectId}::uuid and name = ${model}
      for no key update`;
    if (row === undefined) throw modelNotFound(model);
    const known = await readModelVersion(tx, row.id, version);
    if (known === undefined)
      throw new AppError("not_found", `model "${model}" has no version ${version}`);
    await moveAlias(tx, { modelId: row.id, alias, version, actor, reason });
    await recordEvent(tx, projectId, { type: "model.changed", model });
    return (await readModelVersion(tx, row.id, version)) ?? known;
  });
}

export const modelNotFound = (name: string): AppError =>
  new AppError("not_found", `this project has no model "${name}": promote a run to make one`);

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
    versions: versions
      .filter(({ modelId }) => modelId === model.id)
      .map(({ modelId: _, ...version }) => version),
  }));
}
