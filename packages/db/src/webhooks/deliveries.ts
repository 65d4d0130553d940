import {
  AppError,
  DeliveryState,
  DeliveryView,
  type Id,
  newId,
  type RouteRequest,
} from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { formatCursor, parseCursor } from "../cursor.js";
import type { Prisma, WebhookDelivery } from "../generated/client.js";
import type { Page } from "../page.js";
import { toBody } from "./tellWebhooks.js";
import { requireWebhook } from "./webhooks.js";

const ORDER = "-createdAt";

/** Newest first. */
export async function listDeliveries(
  db: Db,
  projectId: Id,
  webhookId: Id,
  { state, cursor, limit }: RouteRequest<"webhooks.deliveries">["query"],
): Promise<Page<DeliveryView>> {
  await requireWebhook(db, projectId, webhookId);
  const where: Prisma.WebhookDeliveryWhereInput = {
    webhookId,
    ...(state !== undefined && { state: { in: state } }),
  };
  const after = cursor === undefined ? {} : { id: { lt: parseCursor(cursor, ORDER).id } };
  const [found, total] = await Promise.all([
    db.prisma.webhookDelivery.findMany({
      where: { AND: [where, after] },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
    db.prisma.webhookDelivery.count({ where }),
  ]);
  const items = found.slice(0, limit).map(toView);
  const last = found.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? formatCursor({ sort: ORDER, key: last.id, id: last.id }) : null,
    total,
  };
}

/** Puts an event `webhook.test` into the outbox. */
export async function testWebhook(db: Db, projectId: Id, webhookId: Id): Promise<DeliveryView> {
  await requireWebhook(db, projectId, webhookId);
  const type = "webhook.test";
  const data = { id: newId(), webhookId, type, body: toBody({ type, data: {} }) };
  return toView(await db.prisma.webhookDelivery.create({ data }));
}

/** Sends a delivery again, whatever became of it, under its id: a receiver knows what it has seen. */
export async function redeliver(
  db: Db,
  projectId: Id,
  { id: webhookId, deliveryId }: { readonly id: Id; readonly deliveryId: Id },
): Promise<DeliveryView> {
  await requireWebhook(db, projectId, webhookId);
  const { count } = await db.prisma.webhookDelivery.updateMany({
    where: { id: deliveryId, webhookId },
    data: { state: "pending", tries: 0, nextAttemptAt: new Date() },
  });
  if (count === 0)
    throw new AppError("not_found", `webhook ${webhookId} has no delivery ${deliveryId}`);
  return toView(await db.prisma.webhookDelivery.findUniqueOrThrow({ where: { id: deliveryId } }));
}

const toView = (row: WebhookDelivery): DeliveryView => ({
  id: row.id,
  type: row.type,
  state: DeliveryState.parse(row.state),
  createdAt: row.createdAt.toISOString(),
  nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  attempts: DeliveryView.shape.attempts.parse(row.attempts),
});
