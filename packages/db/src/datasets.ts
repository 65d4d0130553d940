import { createHash } from "node:crypto";
import {
  type ArtifactKind,
  type DatasetFiles,
  type DatasetView,
  type Id,
  newId,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { datasetNotFound } from "./datasetVersions.js";
import { recordEvent } from "./events.js";
import type { Dataset } from "./generated/client.js";
import { toJson } from "./json.js";

export interface NewDataset {
  readonly name: string;
  readonly description: string;
  readonly classNames: readonly string[];
  readonly inputShape: readonly number[];
  readonly trainRows: number;
  readonly testRows: number;
  readonly classCounts: readonly number[];
  /** Uncompressed IDX files in the artifact store. */
  readonly files: DatasetFiles;
}

const FILE_NAMES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "test-images-idx3-ubyte",
  testLabels: "test-labels-idx1-ubyte",
} as const satisfies Record<keyof DatasetFiles, string>;

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
        files: toJson(files),
        contentHash,
        createdBy: actor,
      },
    });
    await tx.artifact.createMany({
      data: (Object.keys(FILE_NAMES) as (keyof DatasetFiles)[]).map((part) => ({
        id: newId(),
        projectId,
        datasetId: row.id,
        kind: "dataset" satisfies ArtifactKind,
        fileName: FILE_NAMES[part],
        mediaType: "application/octet-stream",
        sha256: files[part].sha256,
        bytes: files[part].bytes,
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
  const row = await db.prisma.dataset.findFirst({
    where: { projectId, name, ...(version !== undefined && { version }) },
    orderBy: { version: "desc" },
  });
  if (row === null) throw datasetNotFound(name, version);
  return toDatasetView(row);
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

const hashContent = ({ files, inputShape, classNames }: NewDataset): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        files.trainImages.sha256,
        files.trainLabels.sha256,
        files.testImages.sha256,
        files.testLabels.sha256,
        inputShape,
        classNames,
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
  createdAt: row.createdAt.toISOString(),
});
