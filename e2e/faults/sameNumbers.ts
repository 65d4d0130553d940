import type { Db } from "@sweepyard/db";

/** A plan's numbers: SHA-256 of its weights, and every metric of every epoch but the timings. */
interface Numbers {
  readonly id: string;
  readonly plan: string;
  readonly attempts: number;
  readonly numbers: string;
}

/**
 * Completed runs of one plan and seed must have the same numbers to the bit, however often they
 * were interrupted. @returns each run that differs from the first undisturbed one of its plan
 */
export async function differingNumbers(db: Db): Promise<string[]> {
  const runs = await db.prisma.$queryRaw<Numbers[]>`
    select r.id, r.plan::text as plan, r.attempt as attempts,
      (select a.sha256 from artifacts a where a.run_id = r.id and a.kind = 'weights') || ' ' ||
      (select md5(string_agg(p.name || ' ' || p.step || ' ' || p.value, ',' order by p.name, p.step))
        from metric_points p where p.run_id = r.id
          and p.name not in ('epoch_seconds', 'samples_per_second')) as numbers
    from runs r where r.state = 'completed' order by r.attempt, r.created_at`;
  const first = new Map<string, Numbers>();
  const wrong: string[] = [];
  for (const run of runs) {
    const reference = first.get(run.plan) ?? run;
    first.set(run.plan, reference);
    if (run.numbers !== reference.numbers)
      wrong.push(
        `run ${run.id} (${run.attempts} attempts) has other numbers than ${reference.id} (${reference.attempts})`,
      );
  }
  return wrong;
}
