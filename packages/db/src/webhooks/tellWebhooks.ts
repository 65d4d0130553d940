import { type Id, newId, type WebhookEvent } from "@sweepyard/contract";
import type { Tx } from "../connect.js";

/** An event without its time, which is that of the change. */
export type WebhookNews = WebhookEvent extends infer E
  ? E extends WebhookEvent
    ? Omit<E, "timestamp">
    : never
  : never;

/**
 * Puts an event into the outbox for every webhook that wants it, in the transaction of the change
 * itself: what is committed is told, and what is not is not.
 */
export async function tellWebhooks(tx: Tx, projectId: Id, news: WebhookNews): Promise<void> {
  const listeners = await tx.webhook.findMany({
    where: { projectId, enabled: true, events: { has: news.type } },
    select: { id: true },
  });
  if (listeners.length === 0) return;
  const body = toBody(news);
  await tx.webhookDelivery.createMany({
    data: listeners.map(({ id: webhookId }) => ({
      id: newId(),
      webhookId,
      type: news.type,
      body,
    })),
  });
}

export const toBody = ({ type, data }: WebhookNews): string =>
  JSON.stringify({ type, timestamp: new Date().toISOString(), data });
