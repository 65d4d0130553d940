import {
  type Id,
  type MetricConstraint,
  type Objective,
  type Params,
  pastBound,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface ParetoRun {
  readonly runId: Id;
  readonly number: number;
  readonly name: string;
  readonly params: Params;
  /** In the order of the objectives; null where none was measured. */
  readonly values: (number | null)[];
  /** How far each constraint is passed. */
  readonly constraints: (number | null)[];
  readonly excluded: boolean;
}

/** A sweep's completed runs with all their objectives, by number. */
export async function paretoRuns(
  db: Db,
  sweepId: Id,
  sweep: {
    readonly objectives: readonly Objective[];
    readonly constraints: readonly MetricConstraint[];
  },
): Promise<ParetoRun[]> {
  const rows = await db.prisma.$queryRaw<
    (Omit<ParetoRun, "values" | "constraints"> & { metrics: Record<string, number | null> })[]
  >`
    select id as "runId", number, name, params, metrics, excluded_at is not null as excluded
    from runs where sweep_id = ${sweepId}::uuid and state = 'completed' order by number`;
  return rows.map(({ metrics, ...run }) => ({
    ...run,
    values: sweep.objectives.map(({ metric }) => metrics[metric] ?? null),
    constraints: sweep.constraints.map((constraint) => pastBound(constraint, metrics)),
  }));
}
