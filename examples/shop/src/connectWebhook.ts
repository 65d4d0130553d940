import type { Client } from "@sweepyard/client";
import { AppError } from "@sweepyard/contract";
import type { Database } from "./database.js";

/**
 * Has Sweepyard tell the shop when a batch has ended. The secret is shown once, so it is kept; one
 * that got lost, or a webhook of an earlier database, gets another.
 * @returns the secret, or null where Sweepyard refuses: the shop polls, all the same.
 */
export async function connectWebhook(
  db: Database,
  client: Client,
  shopUrl: string,
): Promise<string | null> {
  const url = new URL("/hooks/sweepyard", shopUrl).href;
  try {
    const { items } = await client.webhooks.list();
    const own = items.find((webhook) => webhook.url === url);
    const { rows } = await db.query<{ secret: string }>(
      "select secret from webhook where url = $1",
      [url],
    );
    if (own !== undefined && rows[0] !== undefined) return rows[0].secret;
    const { secret } =
      own === undefined
        ? await client.webhooks.create({
            url,
            description: "the shop",
            events: ["batch.completed", "batch.failed", "batch.cancelled"],
          })
        : await client.webhooks.rotateSecret(own.id);
    await db.query(
      `insert into webhook (url, secret) values ($1, $2)
       on conflict (only_one) do update set url = excluded.url, secret = excluded.secret`,
      [url, secret],
    );
    return secret;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    console.error(`shop: no webhook, so it polls: ${error.message}`);
    return null;
  }
}
