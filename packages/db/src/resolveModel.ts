import {
  AppError,
  Challenger,
  type DatasetFiles,
  type DatasetTask,
  type Id,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { getModel } from "./models.js";
import { inputTypeOf, type RowForm } from "./rowForm.js";

export interface ServedVersion extends RowForm {
  readonly modelId: Id;
  readonly model: string;
  readonly version: number;
  readonly runId: Id;
  readonly artifactId: Id;
  readonly sha256: string;
  /** Of the classes, labels or targets. */
  readonly classNames: string[];
  readonly task: DatasetTask;
  /** Lowest and highest number of the training rows; null if that was not looked at. */
  readonly valueRange: readonly [number, number] | null;
}

export interface ResolvedModel extends ServedVersion {
  /** What is tried beside it, if it was asked for as the champion. */
  readonly trial: (Pick<Challenger, "shadow" | "canary"> & { readonly by: ServedVersion }) | null;
}

/**
 * The version that `name`, `name@alias` or `name@version` stands for; champion is assumed.
 * @throws {AppError} `not_found` that lists the aliases there are.
 */
export async function resolveModel(db: Db, projectId: Id, spec: string): Promise<ResolvedModel> {
  const at = spec.lastIndexOf("@");
  const name = at < 0 ? spec : spec.slice(0, at);
  const which = at < 0 ? "champion" : spec.slice(at + 1);
  const found = await findVersion(db, projectId, name, which);
  if (found !== undefined) {
    const { challenger, ...version } = found;
    const trial = which === "champion" ? await findTrial(db, projectId, version, challenger) : null;
    return { ...version, trial };
  }
  const { versions } = await getModel(db, projectId, name);
  const known = versions.flatMap(({ aliases, version: number }) => [...aliases, String(number)]);
  throw new AppError(
    "not_found",
    `model "${name}" has no ${isVersion(which) ? "version" : "alias"} "${which}": it has ${known.join(", ")}`,
  );
}

/** An alias starts with a letter, so digits alone are a version. */
const isVersion = (which: string): boolean => /^\d{1,9}$/.test(which);

interface FoundVersion extends ServedVersion {
  readonly challenger: unknown;
}

interface VersionRow extends Omit<FoundVersion, "inputType"> {
  readonly files: DatasetFiles;
  readonly trainRows: number;
}

async function findVersion(
  db: Db,
  projectId: Id,
  name: string,
  which: string,
): Promise<FoundVersion | undefined> {
  const version = isVersion(which) ? Number(which) : null;
  const [row] = await db.prisma.$queryRaw<VersionRow[]>`
    select m.id as "modelId", m.name as model, v.version, v.run_id as "runId",
      v.artifact_id as "artifactId", v.sha256, d.class_names as "classNames",
      d.input_shape as "inputShape", d.task, d.details -> 'valueRange' as "valueRange",
      d.files, d.train_rows as "trainRows", m.challenger
    from models m
    join model_versions v on v.model_id = m.id
    join runs r on r.id = v.run_id
    join datasets d on d.id = r.dataset_id
    where m.project_id = ${projectId}::uuid and m.name = ${name}
      and (v.version = ${version}::int or (${version}::int is null and exists (
        select 1 from model_aliases a
        where a.model_id = m.id and a.alias = ${which} and a.version_id = v.id)))`;
  if (row === undefined) return undefined;
  const { files, trainRows, ...found } = row;
  const size = found.inputShape.reduce((product, axis) => product * axis, 1);
  return { ...found, inputType: inputTypeOf(files, "train", trainRows * size) };
}

/** Null where there is no challenger, or it is the champion itself. */
async function findTrial(
  db: Db,
  projectId: Id,
  champion: ServedVersion,
  stored: unknown,
): Promise<ResolvedModel["trial"]> {
  if (stored === null) return null;
  const { alias, shadow, canary } = Challenger.parse(stored);
  if (shadow === 0 && canary === 0) return null;
  const found = await findVersion(db, projectId, champion.model, alias);
  if (found === undefined || found.version === champion.version) return null;
  const { challenger: _, ...by } = found;
  return { shadow, canary, by };
}
