import type { Id, TellRuns, ToldRun } from "@sweepyard/contract";
import { tellRuns } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { announce, deliverSweep } from "../deliver.js";

/** Records ends of runs, and has sweeps looked at of which no run goes on: they may be over. */
export async function tellAndAdvance(
  deps: ApiDeps,
  projectId: Id,
  told: TellRuns["runs"],
): Promise<ToldRun[]> {
  const { runs, idleSweeps } = await tellRuns(deps.db, projectId, told);
  for (const sweepId of idleSweeps) await deliverSweep(deps, projectId, sweepId);
  announce(deps, projectId);
  return runs;
}
