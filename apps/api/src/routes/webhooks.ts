import { AppError } from "@sweepyard/contract";
import {
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  patchWebhook,
  redeliver,
  rotateWebhookSecret,
  testWebhook,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";

export function webhookRoutes({ db, privateWebhooks }: ApiDeps): HandlersOf<"webhooks"> {
  /** Where the name leads is looked at each time that something is sent. */
  const requireHttps = (url: string | undefined): void => {
    if (privateWebhooks || url === undefined || new URL(url).protocol === "https:") return;
    const message = "is not https: what is sent could be read on its way";
    throw new AppError("invalid_request", `the webhook's address ${message}`, {
      errors: [{ path: "url", rule: "https", message }],
    });
  };
  return {
    "webhooks.create": async ({ body }, { auth }) => {
      requireHttps(body.url);
      return createWebhook(db, auth.projectId, body);
    },
    "webhooks.list": async (_request, { auth }) => ({
      items: await listWebhooks(db, auth.projectId),
    }),
    "webhooks.patch": async ({ params, body }, { auth }) => {
      requireHttps(body.url);
      return patchWebhook(db, auth.projectId, params.id, body);
    },
    "webhooks.delete": async ({ params }, { auth }) => {
      await deleteWebhook(db, auth.projectId, params.id);
      return undefined;
    },
    "webhooks.rotateSecret": ({ params }, { auth }) =>
      rotateWebhookSecret(db, auth.projectId, params.id),
    "webhooks.test": ({ params }, { auth }) => testWebhook(db, auth.projectId, params.id),
    "webhooks.deliveries": ({ params, query }, { auth }) =>
      listDeliveries(db, auth.projectId, params.id, query),
    "webhooks.redeliver": ({ params }, { auth }) => redeliver(db, auth.projectId, params),
  };
}
