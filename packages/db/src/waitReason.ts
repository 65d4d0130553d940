import { Prisma } from "./generated/client.js";

/** Workers heard of in the last minute that take runs. */
const LIVE = Prisma.sql`w.state = 'active' and w.last_seen_at > now() - interval '1 minute'`;

/**
 * What the queued run `r` of sweep `s` waits for, in words; null where that is a free slot alone,
 * which the queue's view tells of.
 */
export const WAIT_REASON = Prisma.sql`(case
  when r.state <> 'queued' or r.trainer = 'external' then null
  when r.not_before > now() then 'waits for its next try'
  when r.trainer = 'command' and not exists (select 1 from workers w where ${LIVE} and w.commands)
    then 'no worker may run programs: start one with WORKER_COMMANDS'
  when s.parallelism <= (
    select count(*) from runs o where o.sweep_id = r.sweep_id and o.state = 'running'
  ) then 'its sweep''s parallelism of ' || s.parallelism || ' is used up'
end)`;
