import type { Id } from "@sweepyard/contract";
import type { Db } from "@sweepyard/db";
import { seedSweep } from "../board/seedSweep.js";
import { copySweep } from "./copySweep.js";

/** The sweep with the most runs, and one of the usual size. */
export interface FilledSweeps {
  readonly largest: Id;
  readonly middling: Id;
}

const LARGEST = 10_000;
const USUAL = 1_000;

/**
 * Writes `runs` runs as if they had been trained, or finds those of an earlier call.
 * @throws if the database has runs, but not so many: it was filled otherwise, or not to the end
 */
export async function fillDatabase(
  db: Db,
  { runs, epochs }: { readonly runs: number; readonly epochs: number },
): Promise<FilledSweeps> {
  const found = await findSweeps(db, runs);
  if (found !== null) return found;
  const largest = await seedSweep(db, { runs: Math.min(runs, LARGEST), epochs });
  let middling = largest;
  for (let done = LARGEST; done < runs; done += USUAL) {
    const first = (done % LARGEST) + 1;
    middling = await copySweep(db, largest, {
      first,
      last: first - 1 + Math.min(USUAL, runs - done),
      daysOlder: done / USUAL,
    });
  }
  await db.prisma.$executeRaw`vacuum analyze`; // as autovacuum would, in time
  return { largest, middling };
}

async function findSweeps(db: Db, runs: number): Promise<FilledSweeps | null> {
  const sweeps = await db.prisma.$queryRaw<{ id: Id; runs: number }[]>`
    select sweep_id as id, count(*)::int as runs from runs where trainer = 'engine'
    group by sweep_id order by sweep_id`;
  const [largest] = sweeps;
  const middling = sweeps.at(-1);
  if (largest === undefined || middling === undefined) return null;
  const there = sweeps.reduce((sum, sweep) => sum + sweep.runs, 0);
  if (there !== runs)
    throw new Error(
      `the kept database has ${there} runs: remove its folder, or say --runs ${there}`,
    );
  return { largest: largest.id, middling: middling.id };
}
