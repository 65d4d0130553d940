import { randomBytes } from "node:crypto";
import {
  AppError,
  type CreateWebhook,
  type Id,
  newId,
  type PatchWebhook,
  SECRET_PREFIX,
  WebhookEventType,
  type WebhookView,
} from "@sweepyard/contract";
import type { Db } from "../connect.js";
import type { Webhook } from "../generated/client.js";

/** How long a secret that was replaced still signs: a receiver has so long to take the new one. */
const OLD_SECRET_MS = 24 * 3_600_000;
/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

const drawSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString("base64");

/** The secret is told this once, though it has to be kept: it signs. */
export async function createWebhook(
  db: Db,
  projectId: Id,
  { events, ...webhook }: CreateWebhook,
): Promise<{ webhook: WebhookView; secret: string }> {
  const secret = drawSecret();
  const row = await db.prisma.webhook.create({
    data: { id: newId(), projectId, secret, events: [...new Set(events)], ...webhook },
  });
  return { webhook: toView(row), secret };
}

export async function listWebhooks(db: Db, projectId: Id): Promise<WebhookView[]> {
  const rows = await db.prisma.webhook.findMany({ where: { projectId }, orderBy: { id: "asc" } });
  return rows.map(toView);
}

export async function patchWebhook(
  db: Db,
  projectId: Id,
  id: Id,
  { url, description, events, enabled }: PatchWebhook,
): Promise<WebhookView> {
  await requireWebhook(db, projectId, id);
  const row = await db.prisma.webhook.update({
    where: { id },
    data: {
      ...(url !== undefined && { url }),
      ...(description !== undefined && { description }),
      ...(events !== undefined && { events: [...new Set(events)] }),
      ...(enabled !== undefined && { enabled, disabledReason: null }),
    },
  });
  return toView(row);
}

export async function deleteWebhook(db: Db, projectId: Id, id: Id): Promise<void> {
  await requireWebhook(db, projectId, id);
  await db.prisma.webhook.delete({ where: { id } });
}

/** The old secret signs beside the new one for a day. */
export async function rotateWebhookSecret(
  db: Db,
  projectId: Id,
  id: Id,
): Promise<{ webhook: WebhookView; secret: string }> {
  const { secret: oldSecret } = await requireWebhook(db, projectId, id);
  const secret = drawSecret();
  const oldSecretUntil = new Date(Date.now() + OLD_SECRET_MS);
  const row = await db.prisma.webhook.update({
    where: { id },
    data: { secret, oldSecret, oldSecretUntil },
  });
  return { webhook: toView(row), secret };
}

/** @throws {AppError} `not_found`. */
export async function requireWebhook(db: Db, projectId: Id, id: Id): Promise<Webhook> {
  const row = await db.prisma.webhook.findFirst({ where: { id, projectId } });
  if (row === null) throw new AppError("not_found", `this project has no webhook ${id}`);
  return row;
}

const toView = (row: Webhook): WebhookView => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: row.events.map((type) => WebhookEventType.parse(type)),
  enabled: row.enabled,
  disabledReason: row.disabledReason,
  oldSecretUntil: row.oldSecretUntil?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});
