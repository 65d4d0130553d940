import type { DeliveryView, Id } from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { jsonb } from "../json.js";

export interface ClaimedDelivery {
  readonly id: Id;
  readonly webhookId: Id;
  readonly url: string;
  readonly body: string;
  /** Attempts since it was made or sent again, this one included. */
  readonly tries: number;
  /** The first signs now; one that was replaced signs beside it. */
  readonly secrets: readonly string[];
}

/**
 * Takes deliveries that are due, so that no other worker sends them for `leaseMs`; should this one
 * die meanwhile, another sends them again after that, under the same id.
 */
export async function claimDeliveries(
  db: Db,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedDelivery[]> {
  return db.prisma.$queryRaw<ClaimedDelivery[]>`
    with due as (
      select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
      where d.state = 'pending' and d.next_attempt_at <= now() and w.enabled
      order by d.next_attempt_at limit ${limit} for update of d skip locked
    )
    update webhook_deliveries d set tries = d.tries + 1,
      next_attempt_at = now() + ${leaseMs} * interval '1 millisecond'
    from due, webhooks w
    where d.id = due.id and w.id = d.webhook_id
    returning d.id, d.webhook_id as "webhookId", w.url, d.body, d.tries,
      case when w.old_secret_until > now() then array[w.secret, w.old_secret]
        else array[w.secret] end as secrets`;
}

export interface DeliveryAttempt {
  readonly at: Date;
  readonly ms: number;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** In words; null: it was taken. */
  readonly error: string | null;
  /** When to try again; null: never. Means nothing where it was taken. */
  readonly retryInMs: number | null;
  /** Why the webhook is to be turned off. */
  readonly disable?: string;
}

/** Attempts that the log keeps of one delivery: the last ones. */
const KEPT_ATTEMPTS = 50;

/** Logs an attempt and settles what comes next, unless a later claim has taken the delivery over. */
export async function recordAttempt(
  db: Db,
  { id, webhookId, tries }: Pick<ClaimedDelivery, "id" | "webhookId" | "tries">,
  { at, ms, status, error, retryInMs, disable }: DeliveryAttempt,
): Promise<void> {
  const state = error === null ? "delivered" : retryInMs === null ? "failed" : "pending";
  const entry: Omit<DeliveryView["attempts"][number], "number"> = {
    at: at.toISOString(),
    ms: Math.round(ms),
    status,
    error,
  };
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`
      update webhook_deliveries set state = ${state},
        next_attempt_at = case when ${state} = 'pending'
          then now() + ${retryInMs ?? 0} * interval '1 millisecond' end,
        attempts = case when jsonb_array_length(attempts) < ${KEPT_ATTEMPTS} then attempts
            else attempts - 0 end
          || jsonb_build_array(${jsonb(entry)} || jsonb_build_object(
            'number', coalesce((attempts->-1->>'number')::int, 0) + 1))
      where id = ${id}::uuid and tries = ${tries} and state = 'pending'`;
    if (disable !== undefined)
      await tx.$executeRaw`
        update webhooks set enabled = false, disabled_reason = ${disable}
        where id = ${webhookId}::uuid`;
  });
}
