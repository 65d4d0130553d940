import type { Id } from "@sweepyard/contract";
import { type ClaimedRun, type ClaimRequest, claimRun, claimWithin } from "./claimRun.js";
import type { Db, Tx } from "./connect.js";

/** Runs that are looked at before a claim gives up: each was just taken, or is not for this worker. */
const LOOKS = 8;

/**
 * Takes the waiting run whose turn it is, whichever run the job in hand names: a job only says that
 * there is something to do. Higher priority goes first; then the project, and within it the sweep,
 * that has the fewest runs under way for its weight, and of equals the one that has waited longest
 * since it last began a run, a wait that its weight makes longer. So a sweep of ten thousand runs
 * and one of ten, submitted later, get as many slots, and one of weight 2 gets twice as many.
 * A sweep whose parallelism is used up is passed over. With nothing else to do the run that the job
 * names is claimed as `claimRun` does, which takes over what another worker has lost.
 * @returns null when nothing waits that this worker may run
 */
export async function claimNextRun(db: Db, request: ClaimRequest): Promise<ClaimedRun | null> {
  const passed: Id[] = [];
  for (let look = 0; look < LOOKS; look++) {
    // Each look is a transaction of its own, so that none waits for the limits of two sweeps.
    const { found, claimed } = await db.prisma.$transaction(async (tx) => {
      const next = await nextInTurn(tx, request.refuses !== undefined, passed);
      if (next === null) return { found: null, claimed: null };
      return { found: next, claimed: await claimWithin(tx, { ...request, ...next }) };
    });
    if (claimed !== null) return claimed;
    if (found === null) break;
    passed.push(found.runId);
  }
  return claimRun(db, request);
}

/** The row is held. Those that others hold are passed over: they are being claimed. */
async function nextInTurn(
  tx: Tx,
  runsPrograms: boolean,
  passed: readonly Id[],
): Promise<{ runId: Id; generation: number } | null> {
  const [row] = await tx.$queryRaw<{ runId: Id; generation: number }[]>`
    with waiting as (
      select r.id, r.project_id, r.sweep_id, r.priority from runs r
      where r.state = 'queued' and (r.trainer = 'engine' or (${runsPrograms} and r.trainer = 'command'))
        and (r.not_before is null or r.not_before <= now()) and r.id <> all(${[...passed]}::uuid[])
    ), busy as (
      select project_id, sweep_id, count(*) as runs from runs
      where state = 'running' and trainer <> 'external' group by project_id, sweep_id
    ), groups as (
      select w.project_id, w.sweep_id, coalesce(max(b.runs), 0) / coalesce(s.weight, 1) as share,
        coalesce(s.weight, 1) as weight,
        (select max(started_at) from runs o where o.sweep_id = w.sweep_id) as began
      from (select distinct project_id, sweep_id from waiting) w
      left join busy b on b.project_id = w.project_id and b.sweep_id is not distinct from w.sweep_id
      left join sweeps s on s.id = w.sweep_id
      where s.parallelism is null or coalesce(b.runs, 0) < s.parallelism
      group by w.project_id, w.sweep_id, s.weight
    ), sharing as (
      select p.id as project_id, p.weight, (select max(g.began) from groups g
          where g.project_id = p.id) as began,
        (select coalesce(sum(b.runs), 0) from busy b where b.project_id = p.id) / p.weight as share
      from projects p where p.id in (select project_id from groups)
    )
    select r.id as "runId", r.generation
    from waiting w
    join groups g on g.project_id = w.project_id and g.sweep_id is not distinct from w.sweep_id
    join sharing p on p.project_id = w.project_id
    join runs r on r.id = w.id and r.state = 'queued'
    order by r.priority desc, p.share, (now() - p.began) * p.weight desc nulls first,
      g.share, (now() - g.began) * g.weight desc nulls first,
      (r.generation = 1), r.queued_at, r.id
    limit 1 for update of r skip locked`;
  return row ?? null;
}
