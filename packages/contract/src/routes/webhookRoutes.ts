import { z } from "zod";
import { Id } from "../ids.js";
import { strictObject } from "../strictObject.js";
import {
  CreateWebhook,
  DeliveryState,
  DeliveryView,
  PatchWebhook,
  WebhookView,
} from "../webhooks.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { ById, list, Page, page } from "./routeFields.js";

const WebhookSecret = z.object({ webhook: WebhookView, secret: z.string() });

export const WEBHOOK_ROUTES = {
  "webhooks.create": {
    method: "POST",
    path: "/webhooks",
    summary: "Have a backend told when something has happened; the secret is shown this once",
    description:
      "Events are posted as JSON and signed as Standard Webhooks has it (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`). The address has to be https and public, unless WEBHOOK_PRIVATE_ADDRESSES is `allow`.",
    example: { url: "https://shop.example/hooks/sweepyard", events: ["batch.completed"] },
    scope: "admin",
    body: CreateWebhook,
    status: 201,
    response: WebhookSecret,
  },
  "webhooks.list": {
    method: "GET",
    path: "/webhooks",
    summary: "List webhooks",
    scope: "admin",
    status: 200,
    response: z.object({ items: z.array(WebhookView) }),
  },
  "webhooks.patch": {
    method: "PATCH",
    path: "/webhooks/:id",
    summary: "Change a webhook, or turn it off and on",
    scope: "admin",
    params: ById,
    body: PatchWebhook,
    status: 200,
    response: WebhookView,
  },
  "webhooks.delete": {
    method: "DELETE",
    path: "/webhooks/:id",
    summary: "Delete a webhook with its deliveries",
    scope: "admin",
    params: ById,
    status: 204,
  },
  "webhooks.rotateSecret": {
    method: "POST",
    path: "/webhooks/:id/secret",
    summary: "Replace a webhook's secret; the old one signs, too, for a day",
    scope: "admin",
    params: ById,
    status: 200,
    response: WebhookSecret,
  },
  "webhooks.test": {
    method: "POST",
    path: "/webhooks/:id/test",
    summary: "Send an event `webhook.test`",
    scope: "admin",
    params: ById,
    status: 202,
    response: DeliveryView,
  },
  "webhooks.deliveries": {
    method: "GET",
    path: "/webhooks/:id/deliveries",
    summary: "What was sent, newest first, with every attempt",
    scope: "admin",
    params: ById,
    query: strictObject({ state: list(DeliveryState).optional(), ...Page }),
    status: 200,
    response: page(DeliveryView),
  },
  "webhooks.redeliver": {
    method: "POST",
    path: "/webhooks/:id/deliveries/:deliveryId/redeliver",
    summary: "Send a delivery again, under its id",
    scope: "admin",
    params: ById.extend({ deliveryId: Id }),
    status: 202,
    response: DeliveryView,
  },
} as const satisfies Record<string, RouteDefinition>;
