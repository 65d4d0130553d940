import type { Db } from "./connect.js";
import type { OwnedRun } from "./heartbeat.js";

/** Notes what an attempt really computes on, which its engine knows once it is loaded. */
export async function recordDevice(
  db: Db,
  { runId, attempt }: OwnedRun,
  device: string,
): Promise<void> {
  await db.prisma.attempt.updateMany({ where: { runId, number: attempt }, data: { device } });
}
