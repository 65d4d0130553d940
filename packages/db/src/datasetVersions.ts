import { AppError, type Id, type TrainPlan } from "@sweepyard/contract";
import type { Tx } from "./connect.js";

type PlanData = TrainPlan["data"];

interface DatasetVersion {
  readonly id: Id;
  /** The plan with this version named. */
  pin(plan: TrainPlan): TrainPlan;
}

/**
 * The stored versions that plans train on. A plan that names none gets the latest one.
 * @throws {AppError} `not_found` naming the data set, when looked up with `of`.
 */
export async function datasetVersions(
  tx: Tx,
  projectId: Id,
  wanted: readonly PlanData[],
): Promise<{ of(data: PlanData): DatasetVersion }> {
  const names = [...new Set(wanted.map(({ dataset }) => dataset))];
  const rows =
    names.length === 0
      ? []
      : await tx.dataset.findMany({
          where: { projectId, name: { in: names } },
          orderBy: { version: "desc" },
          select: { id: true, name: true, version: true },
        });
  return {
    of(data) {
      const row = rows.find(
        ({ name, version }) =>
          name === data.dataset && (data.version === undefined || data.version === version),
      );
      if (row === undefined) throw datasetNotFound(data.dataset, data.version);
      const { id, version } = row;
      return { id, pin: (plan) => ({ ...plan, data: { ...plan.data, version } }) };
    },
  };
}

export function datasetNotFound(name: string, version?: number): AppError {
  const which = version === undefined ? `"${name}"` : `"${name}" in version ${version}`;
  return new AppError("not_found", `this project has no data set ${which}: upload it first`, {
    errors: [
      { path: "plan.data.dataset", rule: "unknown_dataset", message: `${which} is unknown` },
    ],
  });
}
