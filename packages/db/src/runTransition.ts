import { nextRunState, type RunEvent, type RunState, statesThatAllow } from "@sweepyard/contract";
import { Prisma } from "./generated/client.js";

/**
 * A state change as compare-and-set, read from the contract's table: the states in which the
 * event may happen, and the one state that it leads to.
 */
export function transition(event: RunEvent): { from: RunState[]; to: RunState } {
  const from = statesThatAllow(event);
  const [to, ...others] = new Set(from.map((state) => nextRunState(state, event)));
  if (to === undefined || others.length > 0)
    throw new TypeError(`"${event}" leads to several states, so no one update can apply it`);
  return { from, to };
}

/** `r.state` allows the event. */
export const allows = (event: RunEvent): Prisma.Sql =>
  Prisma.sql`r.state = any(${transition(event).from}::text[])`;

/**
 * What `update runs r set` needs so that a run enters the state the event leads to.
 * @param reason shown to people as `stateReason`.
 * @param delayMs a run that is queued waits so long before its next attempt.
 */
export function enterState(event: RunEvent, reason: string | null, delayMs = 0): Prisma.Sql {
  const { to } = transition(event);
  const always = Prisma.sql`state = ${to}, state_reason = ${reason}, command = null,
    command_reason = null, paused_rung = null,
    unobserved = r.sweep_id is not null, updated_at = now()`;
  switch (to) {
    case "queued":
      return Prisma.sql`${always}, generation = generation + 1, queued_at = now(),
        lease_until = null, ended_at = null, worker_id = null, slot = null,
        not_before = now() + ${delayMs} * interval '1 millisecond'`;
    case "paused":
      return Prisma.sql`${always}, lease_until = null, not_before = null,
        worker_id = null, slot = null`;
    case "running":
      throw new TypeError("only claimRun makes a run run: it has a lease to set");
    case "completed":
    case "pruned":
    case "diverged":
    case "failed":
    case "cancelled":
      return Prisma.sql`${always}, lease_until = null, not_before = null, ended_at = now()`;
  }
}
