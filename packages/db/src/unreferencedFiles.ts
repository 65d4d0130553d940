import type { Db } from "./connect.js";
import { FILES_LOCK } from "./filesLock.js";

/**
 * Of these files, those that no artifact names; none while a backup is being taken, which may
 * still need them. One that is about to be named, by a transaction that is still open, counts as
 * unreferenced: give it time.
 */
export async function unreferencedFiles(db: Db, sha256s: readonly string[]): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ sha256: string }[]>`
    select f.sha256 from unnest(${[...sha256s]}::text[]) as f(sha256)
    where (select pg_try_advisory_xact_lock_shared(${FILES_LOCK}))
      and not exists (select 1 from artifacts a where a.sha256 = f.sha256)`;
  return rows.map(({ sha256 }) => sha256);
}
