import {
  AppError,
  DatasetFiles,
  type DatasetTask,
  type ExportFigures,
  type ExportFormat,
  type ExportView,
  type Id,
  newId,
  type StoredFile,
  TrainPlan,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { jsonb } from "./json.js";
import { modelNotFound } from "./lockModel.js";
import { runNotFound } from "./runView.js";

/** What a run's model is exported from, and measured on. */
export interface ExportSource {
  readonly runId: Id;
  readonly runName: string;
  readonly plan: TrainPlan;
  readonly inputShape: number[];
  readonly classNames: string[];
  readonly task: DatasetTask;
  readonly files: DatasetFiles;
  /** SHA-256 of safetensors file and .onnx file. */
  readonly weights: string;
  readonly model: string;
}

interface SourceRow extends Omit<ExportSource, "weights" | "model" | "runId"> {
  readonly state: string;
  readonly weights: string | null;
  readonly model: string | null;
}

/** @throws {AppError} `not_found`; `conflict` if the run is not completed by an engine of ours. */
export async function exportSource(db: Db, projectId: Id, runId: Id): Promise<ExportSource> {
  const file = (kind: string) => db.prisma.artifact.findFirst({ where: { runId, kind } });
  const [row] = await db.prisma.$queryRaw<SourceRow[]>`
    select r.state, r.name as "runName", r.plan, d.input_shape as "inputShape", d.class_names as "classNames",
      d.task, d.files
    from runs r left join datasets d on d.id = r.dataset_id
    where r.id = ${runId}::uuid and r.project_id = ${projectId}::uuid`;
  if (row === undefined) throw runNotFound(runId);
  const [weights, model] = await Promise.all([file("weights"), file("model")]);
  if (row.plan === null || weights === null || model === null)
    throw new AppError(
      "conflict",
      `run ${runId} is ${row.state} and has no model: completed runs of Sweepyard's engines are exported`,
    );
  return {
    runId,
    runName: row.runName,
    plan: TrainPlan.parse(row.plan),
    inputShape: row.inputShape,
    classNames: row.classNames,
    task: row.task,
    files: DatasetFiles.parse(row.files),
    weights: weights.sha256,
    model: model.sha256,
  };
}

/** The run that a version was made of. @throws {AppError} `not_found`. */
export async function runOfVersion(
  db: Db,
  projectId: Id,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<Id> {
  const model = await db.prisma.model.findUnique({
    where: { projectId_name: { projectId, name } },
    select: { versions: { where: { version }, select: { runId: true } } },
  });
  if (model === null) throw modelNotFound(name);
  const [found] = model.versions;
  if (found !== undefined) return found.runId;
  throw new AppError("not_found", `model "${name}" has no version ${version}`);
}

/** By format. @throws {AppError} `not_found` for an unknown run. */
export async function listExports(db: Db, projectId: Id, runId: Id): Promise<ExportView[]> {
  const run = await db.prisma.run.findFirst({ where: { id: runId, projectId } });
  if (run === null) throw runNotFound(runId);
  return readExports(db.prisma, runId);
}

export interface MadeExport {
  readonly format: ExportFormat;
  readonly fileName: string;
  readonly file: StoredFile;
  readonly figures: ExportFigures | null;
}

/**
 * Keeps files that were exported from a run. One that the run has already, such as its .onnx file,
 * is not stored again; figures replace those of before, but their absence does not.
 */
export async function recordExports(
  db: Db,
  projectId: Id,
  runId: Id,
  made: readonly MadeExport[],
): Promise<ExportView[]> {
  return db.prisma.$transaction(async (tx) => {
    // Two who ask at once take turns, so that a file has one artifact.
    await tx.$executeRaw`select 1 from runs where id = ${runId}::uuid for no key update`;
    for (const { format, fileName, file, figures } of made) {
      const known = await tx.artifact.findFirst({
        where: { runId, sha256: file.sha256 },
        select: { id: true },
      });
      const artifactId =
        known?.id ?? (await addArtifact(tx, { projectId, runId, fileName, ...file }));
      await tx.$executeRaw`
        insert into model_exports (run_id, format, artifact_id, figures)
        values (${runId}::uuid, ${format}, ${artifactId}::uuid, ${jsonb(figures)})
        on conflict (run_id, format) do update set artifact_id = excluded.artifact_id,
          figures = coalesce(nullif(excluded.figures, 'null'), model_exports.figures)`;
    }
    return readExports(tx, runId);
  });
}

async function addArtifact(
  tx: Tx,
  artifact: {
    readonly projectId: Id;
    readonly runId: Id;
    readonly fileName: string;
    readonly sha256: string;
    readonly bytes: number;
  },
): Promise<Id> {
  const { id } = await tx.artifact.create({
    data: { id: newId(), kind: "export", mediaType: "application/octet-stream", ...artifact },
    select: { id: true },
  });
  return id;
}

async function readExports(tx: Tx, runId: Id): Promise<ExportView[]> {
  const rows = await tx.modelExport.findMany({
    where: { runId },
    orderBy: { format: "asc" },
    include: { artifact: { select: { fileName: true, sha256: true, bytes: true } } },
  });
  return rows.map(({ format, artifactId, figures, createdAt, artifact }) => ({
    format: format as ExportFormat,
    runId,
    artifactId,
    fileName: artifact.fileName,
    sha256: artifact.sha256,
    bytes: Number(artifact.bytes),
    figures: figures as ExportFigures | null,
    createdAt: createdAt.toISOString(),
  }));
}
