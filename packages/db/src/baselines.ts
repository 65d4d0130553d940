import { Baseline, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { jsonb } from "./json.js";

/** What a run's model finds in its training rows; null: not looked at yet. */
export async function findBaseline(db: Db, runId: Id): Promise<Baseline | null> {
  const row = await db.prisma.modelBaseline.findUnique({ where: { runId } });
  return row === null ? null : Baseline.parse(row.baseline);
}

/** Keeps the first one there is: what is counted by its bins has to go on with them. */
export async function keepBaseline(db: Db, runId: Id, baseline: Baseline): Promise<Baseline> {
  await db.prisma.$executeRaw`
    insert into model_baselines (run_id, baseline) values (${runId}::uuid, ${jsonb(baseline)})
    on conflict do nothing`;
  return (await findBaseline(db, runId)) ?? baseline;
}
