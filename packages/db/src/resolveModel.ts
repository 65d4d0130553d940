import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { getModel } from "./models.js";

export interface ResolvedModel {
  readonly model: string;
  readonly version: number;
  readonly runId: Id;
  readonly artifactId: Id;
  readonly sha256: string;
  readonly classNames: string[];
  readonly inputShape: number[];
}

/**
 * The version that `name`, `name@alias` or `name@version` stands for; champion is assumed.
 * @throws {AppError} `not_found` that lists the aliases there are.
 */
export async function resolveModel(db: Db, projectId: Id, spec: string): Promise<ResolvedModel> {
  const at = spec.lastIndexOf("@");
  const name = at < 0 ? spec : spec.slice(0, at);
  const which = at < 0 ? "champion" : spec.slice(at + 1);
  // An alias starts with a letter, so digits alone are a version.
  const version = /^\d{1,9}$/.test(which) ? Number(which) : null;
  const [row] = await db.prisma.$queryRaw<ResolvedModel[]>`
    select m.name as model, v.version, v.run_id as "runId", v.artifact_id as "artifactId",
      v.sha256, d.class_names as "classNames", d.input_shape as "inputShape"
    from models m
    join model_versions v on v.model_id = m.id
    join runs r on r.id = v.run_id
    join datasets d on d.id = r.dataset_id
    where m.project_id = ${projectId}::uuid and m.name = ${name}
      and (v.version = ${version}::int or (${version}::int is null and exists (
        select 1 from model_aliases a
        where a.model_id = m.id and a.alias = ${which} and a.version_id = v.id)))`;
  if (row !== undefined) return row;
  const { versions } = await getModel(db, projectId, name);
  const known = versions.flatMap(({ aliases, version: number }) => [...aliases, String(number)]);
  throw new AppError(
    "not_found",
    `model "${name}" has no ${version === null ? "alias" : "version"} "${which}": it has ${known.join(", ")}`,
  );
}
