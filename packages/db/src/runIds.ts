import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Ids of a sweep's runs by their numbers; numbers of no run are left out. */
export async function runIds(
  db: Db,
  sweepId: Id,
  numbers: readonly number[],
): Promise<Map<number, Id>> {
  const rows = await db.prisma.$queryRaw<{ id: Id; number: number }[]>`
    select id, number from runs
    where sweep_id = ${sweepId}::uuid and number = any(${[...numbers]}::int[])`;
  return new Map(rows.map(({ id, number }) => [number, id]));
}
