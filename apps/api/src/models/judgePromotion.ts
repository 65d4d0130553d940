import type { Id } from "@sweepyard/contract";
import { type JudgedGates, promotionCase } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { judgeGates, needsComparison } from "./judgeGates.js";
import { runModelJob } from "./runModelJob.js";

interface Asked {
  readonly projectId: Id;
  readonly runId: Id;
  readonly model: string;
  readonly alias: string;
}

/** What the model's gates find of a run; undefined where no policy guards the alias. */
export async function judgePromotion(
  { db }: Pick<ApiDeps, "db">,
  { projectId, runId, ...which }: Asked,
  signal: AbortSignal,
): Promise<JudgedGates | undefined> {
  const found = await promotionCase(db, projectId, runId, which);
  if (found === null) return undefined;
  const { policy, champion, source, championModel } = found;
  const { dir: artifactsDir } = db.artifacts;
  const job = { kind: "compare", artifactsDir, source, champion: championModel } as const;
  const compared = needsComparison(policy) ? await runModelJob(job, signal) : null;
  return { policy, champion, gates: judgeGates({ ...found, compared }) };
}
