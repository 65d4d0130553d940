import {
  DatasetTask,
  type DatasetView,
  type EngineId,
  type Id,
  TrainPlan,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface MeasuredRun {
  readonly plan: TrainPlan;
  readonly dataset: Pick<DatasetView, "inputShape" | "classNames" | "task" | "trainRows">;
  /** Of its last epoch. */
  readonly epochSeconds: number;
}

interface Row {
  readonly plan: unknown;
  readonly inputShape: number[];
  readonly classNames: string[];
  readonly task: string;
  readonly trainRows: number;
  readonly epochSeconds: number;
}

/** The latest completed runs of an engine, at most `limit`: what an epoch of theirs took. */
export async function measuredRuns(
  db: Db,
  projectId: Id,
  engine: EngineId,
  limit: number,
): Promise<MeasuredRun[]> {
  const rows = await db.prisma.$queryRaw<Row[]>`
    select r.plan, d.input_shape as "inputShape", d.class_names as "classNames", d.task,
      d.train_rows as "trainRows", (r.metrics ->> 'epoch_seconds')::float8 as "epochSeconds"
    from runs r join datasets d on d.id = r.dataset_id
    where r.project_id = ${projectId}::uuid and r.state = 'completed' and r.engine = ${engine}
      and (r.metrics ->> 'epoch_seconds')::float8 > 0
    order by r.created_at desc, r.id desc limit ${limit}`;
  return rows.map(({ plan, epochSeconds, task, ...dataset }) => ({
    plan: TrainPlan.parse(plan),
    dataset: { ...dataset, task: DatasetTask.parse(task) },
    epochSeconds,
  }));
}
