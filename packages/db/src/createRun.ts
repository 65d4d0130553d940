import { type CreateRun, type Id, newId, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { datasetVersions } from "./datasetVersions.js";
import { recordEvent } from "./events.js";
import { toJson } from "./json.js";
import { readRun } from "./runView.js";

/**
 * Stores a single training job, queued with generation 1. A plan that names no version of its
 * data set gets the latest one.
 * @throws {AppError} `not_found` if the data set does not exist.
 */
export async function createRun(
  db: Db,
  projectId: Id,
  actor: string,
  { name, plan, priority, tags }: CreateRun,
): Promise<RunView> {
  const id = newId();
  return db.prisma.$transaction(async (tx) => {
    const dataset = (await datasetVersions(tx, projectId, [plan.data])).of(plan.data);
    const { nextRunNumber } = await tx.project.update({
      where: { id: projectId },
      data: { nextRunNumber: { increment: 1 } },
      select: { nextRunNumber: true },
    });
    const number = nextRunNumber - 1;
    await tx.run.create({
      data: {
        id,
        projectId,
        number,
        name: name ?? `run #${number}`,
        plan: toJson(dataset.pin(plan)),
        engine: plan.engine,
        datasetId: dataset.id,
        epochs: plan.epochs,
        priority,
        tags,
        createdBy: actor,
      },
      select: { id: true },
    });
    await recordEvent(tx, projectId, { type: "run.changed", runId: id });
    return readRun(tx, projectId, id);
  });
}
