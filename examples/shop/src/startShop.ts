import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@sweepyard/client";
import { connectWebhook } from "./connectWebhook.js";
import { createShop } from "./createShop.js";
import { openDatabase } from "./database.js";
import type { Settings } from "./settings.js";
import { Tagger } from "./tagger.js";
import { adoptOrphans } from "./taggings.js";

export interface Shop {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the shop, and goes on with what an earlier one left undone. */
export async function startShop(settings: Settings): Promise<Shop> {
  const db = await openDatabase(settings.SHOP_DATABASE_URL);
  await adoptOrphans(db);
  const client = createClient({
    baseUrl: settings.SWEEPYARD_URL,
    apiKey: settings.SWEEPYARD_API_KEY,
  });
  const stopping = new AbortController();
  const tagger = new Tagger({ db, client, settings, stopping: stopping.signal });
  let secret = settings.SHOP_WEBHOOK_SECRET ?? null;
  const server = createServer(
    createShop({ db, client, tagger, settings, webhookSecret: () => secret }),
  );
  server.listen(settings.SHOP_PORT, settings.SHOP_HOST);
  await once(server, "listening");
  const url = `http://${settings.SHOP_HOST}:${(server.address() as AddressInfo).port}`;
  secret ??= await connectWebhook(db, client, settings.SHOP_URL ?? url);
  const working = tagger.work();
  return {
    url,
    async close() {
      server.close();
      server.closeIdleConnections();
      stopping.abort();
      await working;
      server.closeAllConnections();
      await db.end();
    },
  };
}
