import { z } from "zod";
import { BatchView } from "./batches.js";
import { Id } from "./ids.js";
import { strictObject } from "./strictObject.js";

/**
 * Webhooks: Sweepyard tells a backend that something has happened, signed as Standard Webhooks has it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

export const WEBHOOK_EVENTS = [
  "batch.completed",
  "batch.failed",
  "batch.cancelled",
  "sweep.completed",
  "model.promoted",
] as const;
export const WebhookEventType = z.enum(WEBHOOK_EVENTS);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

/** Secrets begin with this; what follows is the key in base64. */
export const SECRET_PREFIX = "whsec_";

/** What is posted. More types may come: answer those you don't know with 2xx, too. */
export const WebhookEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.enum(["batch.completed", "batch.failed", "batch.cancelled"]),
    timestamp: z.iso.datetime(),
    data: z.object({ batch: BatchView }),
  }),
  z.object({
    type: z.literal("sweep.completed"),
    timestamp: z.iso.datetime(),
    data: z.object({ sweepId: Id, name: z.string(), reason: z.string() }),
  }),
  z.object({
    type: z.literal("model.promoted"),
    timestamp: z.iso.datetime(),
    data: z.object({ model: z.string(), alias: z.string(), version: z.int() }),
  }),
  /** Sent when somebody asks for it. */
  z.object({ type: z.literal("webhook.test"), timestamp: z.iso.datetime(), data: z.object({}) }),
]);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

const WebhookUrl = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine((url) => {
    if (!URL.canParse(url)) return true; // told by the rule above
    const { username, password } = new URL(url);
    return username === "" && password === "";
  }, "holds a user name or password: they would be in every log");

export const CreateWebhook = strictObject({
  url: WebhookUrl,
  description: z.string().max(1000).default(""),
  events: z.array(WebhookEventType).min(1).max(WEBHOOK_EVENTS.length),
});
export type CreateWebhook = z.infer<typeof CreateWebhook>;

export const PatchWebhook = strictObject({
  url: WebhookUrl.optional(),
  description: z.string().max(1000).optional(),
  events: z.array(WebhookEventType).min(1).max(WEBHOOK_EVENTS.length).optional(),
  enabled: z.boolean().optional(),
});
export type PatchWebhook = z.infer<typeof PatchWebhook>;

export const WebhookView = z.object({
  id: Id,
  url: z.string(),
  description: z.string(),
  events: z.array(WebhookEventType),
  enabled: z.boolean(),
  /** Why Sweepyard turned it off; null if it did not. */
  disabledReason: z.string().nullable(),
  /** A secret that was replaced signs beside the new one until then. */
  oldSecretUntil: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type WebhookView = z.infer<typeof WebhookView>;

export const DeliveryState = z.enum(["pending", "delivered", "failed"]);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const DeliveryView = z.object({
  /** The header `webhook-id`: the same in every attempt, so a receiver can tell a repetition. */
  id: Id,
  type: z.string(),
  state: DeliveryState,
  createdAt: z.iso.datetime(),
  /** Of one that is pending. */
  nextAttemptAt: z.iso.datetime().nullable(),
  attempts: z.array(
    z.object({
      number: z.int(),
      at: z.iso.datetime(),
      ms: z.int(),
      /** Null: there was no answer. */
      status: z.int().nullable(),
      /** Null: it was taken. */
      error: z.string().nullable(),
    }),
  ),
});
export type DeliveryView = z.infer<typeof DeliveryView>;
