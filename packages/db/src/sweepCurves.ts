import { AppError, type Curve, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface SweepCurvesQuery {
  readonly metric: string;
  /** Only these runs. */
  readonly runs?: readonly Id[];
  /** Most curves; the best runs come first. */
  readonly limit: number;
}

/** One metric of a sweep's runs over their steps, by run number. */
export async function sweepCurves(
  db: Db,
  projectId: Id,
  sweepId: Id,
  query: SweepCurvesQuery,
): Promise<Curve[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${sweepId} ${query}`);
}
