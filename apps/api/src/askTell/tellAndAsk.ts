import type { Id, TellAnswer, TellRuns, ToldEnd, ToldRun } from "@sweepyard/contract";
import { tellRuns } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { announce, deliverSweep } from "../deliver.js";

/** Records the end of one run, and has its sweep looked at if none goes on: it may be over. */
export async function tellRun(deps: ApiDeps, projectId: Id, end: ToldEnd): Promise<ToldRun[]> {
  const { runs, idleSweeps } = await tellRuns(deps.db, projectId, [end]);
  for (const sweepId of idleSweeps) await deliverSweep(deps, projectId, sweepId);
  announce(deps, projectId);
  return runs;
}

/** Records ends of a sweep's runs, and gives the next ones where they are asked for. */
export async function tellAndAsk(
  deps: ApiDeps,
  projectId: Id,
  sweepId: Id,
  { runs: told, ask }: TellRuns,
): Promise<TellAnswer> {
  const { runs, next, idleSweeps } = await deps.askTell.submit(projectId, sweepId, {
    told,
    ask: ask ?? null,
  });
  for (const idle of idleSweeps) await deliverSweep(deps, projectId, idle);
  announce(deps, projectId);
  return { runs, next };
}
