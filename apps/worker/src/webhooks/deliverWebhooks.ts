import {
  type ClaimedDelivery,
  claimDeliveries,
  type Db,
  type DeliveryAttempt,
  recordAttempt,
} from "@sweepyard/db";
import type { Logger } from "pino";
import { postWebhook } from "./postWebhook.js";

export interface DeliverWebhooksDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly allowPrivate: boolean;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Deliveries at one time: a receiver that hangs holds up no more than that. */
const AT_ONCE = 20;
/** Beyond the time limit of an attempt: how long others leave a claimed delivery alone. */
const LEASE_SLACK_MS = 20_000;
const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 6 * 3_600_000;
/** With the delays below, about two days. */
export const DELIVERY_TRIES = 14;

/** Sends what is due of the outbox. @returns how many it sent: at the limit, ask again at once. */
export async function deliverWebhooks(deps: DeliverWebhooksDeps): Promise<boolean> {
  const { db, logger, timeoutMs = TIMEOUT_MS } = deps;
  const due = await claimDeliveries(db, { limit: AT_ONCE, leaseMs: timeoutMs + LEASE_SLACK_MS });
  await Promise.all(
    due.map(async (delivery) => {
      const attempt = await tryDelivery(delivery, { ...deps, timeoutMs });
      const { id, webhookId, tries } = delivery;
      const fields = { deliveryId: id, webhookId, tries, status: attempt.status };
      if (attempt.error === null) logger.debug(fields, "a webhook was delivered");
      else logger.warn({ ...fields, error: attempt.error }, "a webhook was not delivered");
      await recordAttempt(db, delivery, attempt);
    }),
  );
  return due.length === AT_ONCE;
}

async function tryDelivery(
  delivery: ClaimedDelivery,
  { allowPrivate, timeoutMs }: { readonly allowPrivate: boolean; readonly timeoutMs: number },
): Promise<DeliveryAttempt> {
  const at = new Date();
  const before = performance.now();
  const ended = (rest: Omit<DeliveryAttempt, "at" | "ms">): DeliveryAttempt => ({
    at,
    ms: performance.now() - before,
    ...rest,
  });
  const { tries } = delivery;
  try {
    const { status, retryAfter } = await postWebhook(delivery, { timeoutMs, allowPrivate });
    if (status >= 200 && status < 300) return ended({ status, error: null, retryInMs: null });
    if (status === 410) {
      const error = "the receiver is gone for good (410)";
      return ended({ status, error, retryInMs: null, disable: error });
    }
    const redirects = status >= 300 && status < 400;
    const error = redirects
      ? `answered ${status}: redirects are not followed`
      : `answered ${status}`;
    return ended({ status, error, retryInMs: retryDelayMs(tries, retryAfter) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return ended({ status: null, error: message, retryInMs: retryDelayMs(tries) });
  }
}

/**
 * Four times as long after each attempt, up to six hours, spread over half of that so that what
 * failed together does not come back together. @returns null when the attempts are used up
 */
export function retryDelayMs(
  tries: number,
  retryAfter: number | null = null,
  random: () => number = Math.random,
): number | null {
  if (tries >= DELIVERY_TRIES) return null;
  const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 4 ** (tries - 1));
  const asked = Math.min(MAX_RETRY_MS, (retryAfter ?? 0) * 1000);
  return Math.max(asked, delayMs * (0.5 + random() / 2));
}
