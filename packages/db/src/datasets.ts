import { createHash } from "node:crypto";
import {
  type ArtifactKind,
  DatasetDetails,
  DatasetFiles,
  DatasetTask,
  type DatasetView,
  type Id,
  IdxFiles,
  type NpyFiles,
  newId,
  type StoredFile,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { datasetNotFound } from "./datasetVersions.js";
import { recordEvent } from "./events.js";
import type { Dataset } from "./generated/client.js";
import { toJson } from "./json.js";

export interface NewDataset {
  readonly name: string;
  readonly description: string;
  readonly task: DatasetTask;
  readonly classNames: readonly string[];
  readonly inputShape: readonly number[];
  readonly trainRows: number;
  readonly testRows: number;
  readonly classCounts: readonly number[];
  readonly details: DatasetDetails;
  /** In the artifact store, uncompressed. */
  readonly files: DatasetFiles;
}

type FileKey = keyof IdxFiles | keyof NpyFiles;

const FILE_NAMES: Readonly<Record<FileKey, string>> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "test-images-idx3-ubyte",
  testLabels: "test-labels-idx1-ubyte",
  trainX: "x_train.npy",
  trainY: "y_train.npy",
  trainWeights: "sample_weight.npy",
  testX: "x_test.npy",
  testY: "y_test.npy",
};

/** The files that a data set has, in one order. */
const filesOf = (files: DatasetFiles): [FileKey, StoredFile][] =>
  (Object.keys(FILE_NAMES) as FileKey[]).flatMap((key) => {
    const file = (files as Partial<Record<FileKey, StoredFile>>)[key];
    return file === undefined ? [] : [[key, file] as [FileKey, StoredFile]];
  });

/** Stores the next version; identical content answers with the version that has it. */
export async function createDataset(
  db: Db,
  projectId: Id,
  actor: string,
  dataset: NewDataset,
): Promise<DatasetView> {
  const { name, files } = dataset;
  const contentHash = hashContent(dataset);
  return db.prisma.$transaction(async (tx) => {
    // Uploads of one name take turns, so that versions are consecutive.
    await tx.$executeRaw`
      select pg_advisory_xact_lock(hashtextextended(${`dataset ${projectId} ${name}`}, 0))`;
    const same = await tx.dataset.findFirst({ where: { projectId, name, contentHash } });
    if (same !== null) return toDatasetView(same);
    const latest = await tx.dataset.findFirst({
      where: { projectId, name },
      orderBy: { version: "desc" },
      select: { version: true },
    });
    const row = await tx.dataset.create({
      data: {
        id: newId(),
        projectId,
        name,
        version: (latest?.version ?? 0) + 1,
        description: dataset.description,
        inputShape: [...dataset.inputShape],
        classNames: [...dataset.classNames],
        trainRows: dataset.trainRows,
        testRows: dataset.testRows,
        classCounts: [...dataset.classCounts],
        task: dataset.task,
        details: toJson(dataset.details),
        files: toJson(files),
        contentHash,
        createdBy: actor,
      },
    });
    await tx.artifact.createMany({
      data: filesOf(files).map(([part, { sha256, bytes }]) => ({
        id: newId(),
        projectId,
        datasetId: row.id,
        kind: "dataset" satisfies ArtifactKind,
        fileName: FILE_NAMES[part],
        mediaType: "application/octet-stream",
        sha256,
        bytes,
      })),
    });
    await recordEvent(tx, projectId, { type: "dataset.changed", dataset: name });
    return toDatasetView(row);
  });
}

/** Absent version: the latest. @throws {AppError} `not_found`. */
export async function getDataset(
  db: Db,
  projectId: Id,
  name: string,
  version?: number,
): Promise<DatasetView> {
  return toDatasetView(await findDataset(db, projectId, name, version));
}

/** All versions, latest first. @throws {AppError} `not_found`. */
export async function datasetVersionViews(
  db: Db,
  projectId: Id,
  name: string,
): Promise<DatasetView[]> {
  const rows = await db.prisma.dataset.findMany({
    where: { projectId, name },
    orderBy: { version: "desc" },
  });
  if (rows.length === 0) throw datasetNotFound(name);
  return rows.map(toDatasetView);
}

/** A version and where its files lie. Absent version: the latest. @throws {AppError} `not_found`. */
export async function getDatasetFiles(
  db: Db,
  projectId: Id,
  name: string,
  version?: number,
): Promise<{ readonly view: DatasetView; readonly files: DatasetFiles }> {
  const row = await findDataset(db, projectId, name, version);
  return { view: toDatasetView(row), files: DatasetFiles.parse(row.files) };
}

async function findDataset(db: Db, projectId: Id, name: string, version?: number) {
  const row = await db.prisma.dataset.findFirst({
    where: { projectId, name, ...(version !== undefined && { version }) },
    orderBy: { version: "desc" },
  });
  if (row === null) throw datasetNotFound(name, version);
  return row;
}

/** The latest version of each, by name. */
export async function listDatasets(db: Db, projectId: Id): Promise<DatasetView[]> {
  const rows = await db.prisma.dataset.findMany({
    where: { projectId },
    orderBy: [{ name: "asc" }, { version: "desc" }],
    distinct: ["name"],
  });
  return rows.map(toDatasetView);
}

/** The task of IDX files is no choice, and left out: versions from before there was one keep their hash. */
const hashContent = ({ files, inputShape, classNames, task }: NewDataset): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        ...filesOf(files).map(([key, { sha256 }]) =>
          key in IdxFiles.shape ? sha256 : [key, sha256],
        ),
        inputShape,
        classNames,
        ...("trainX" in files ? [task] : []),
      ]),
    )
    .digest("hex");

const toDatasetView = (row: Dataset): DatasetView => ({
  id: row.id,
  name: row.name,
  version: row.version,
  description: row.description,
  inputShape: row.inputShape,
  classNames: row.classNames,
  trainRows: row.trainRows,
  testRows: row.testRows,
  classCounts: row.classCounts,
  task: DatasetTask.parse(row.task),
  details: DatasetDetails.parse(row.details),
  createdAt: row.createdAt.toISOString(),
});
