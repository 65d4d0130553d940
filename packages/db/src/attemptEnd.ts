import type { Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import type { OwnedRun } from "./heartbeat.js";

export interface AttemptEnd extends OwnedRun {
  /** `completed`, `lost`, `handed_back`…: shown to people. */
  readonly outcome: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export async function endAttempts(tx: Tx, ends: readonly AttemptEnd[]): Promise<void> {
  if (ends.length > 0) await tx.$executeRaw(attemptsEnd(ends));
}

/**
 * Ends attempts that are under way, as a part of another statement. A lost one ends when it was
 * last heard of, so that the time until somebody noticed does not count as training.
 */
export const attemptsEnd = (ends: readonly AttemptEnd[]): Prisma.Sql => Prisma.sql`
  update attempts a set
    ended_at = case when e.outcome = 'lost' then greatest(a.started_at, a.last_seen_at)
      else greatest(a.started_at, now()) end,
    outcome = e.outcome, error_code = e.code, error_message = e.message
  from unnest(
    ${ends.map((end) => end.runId)}::uuid[], ${ends.map((end) => end.attempt)}::int[],
    ${ends.map((end) => end.outcome)}::text[],
    ${ends.map((end) => end.error?.code ?? null)}::text[],
    ${ends.map((end) => end.error?.message ?? null)}::text[]
  ) as e(run_id, attempt, outcome, code, message)
  where a.run_id = e.run_id and a.number = e.attempt and a.ended_at is null`;
