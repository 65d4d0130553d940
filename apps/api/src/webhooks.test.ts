import { createClient } from "@sweepyard/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const url = "https://shop.example/hooks";

test("a webhook is registered, listed, changed, tried and deleted; its secret is told once", async () => {
  const { webhooks } = api.client;
  const { webhook, secret } = await webhooks.create({ url, events: ["batch.completed"] });
  expect(Buffer.from(secret.replace(/^whsec_/, ""), "base64")).toHaveLength(32);
  expect(JSON.stringify(await webhooks.list())).not.toContain(secret);
  const changed = await webhooks.patch(webhook.id, { events: ["sweep.completed"], enabled: false });
  expect(changed).toMatchObject({ url, events: ["sweep.completed"], enabled: false });
  const rotated = await webhooks.rotateSecret(webhook.id);
  expect(rotated.secret).not.toBe(secret);
  expect(rotated.webhook.oldSecretUntil).not.toBeNull();
  const delivery = await webhooks.test(webhook.id);
  expect((await webhooks.deliveries(webhook.id)).items).toEqual([delivery]);
  expect((await webhooks.deliveries(webhook.id, { state: ["failed"] })).items).toEqual([]);
  expect((await webhooks.redeliver(webhook.id, delivery.id)).id).toBe(delivery.id);
  await webhooks.delete(webhook.id);
  await expect(webhooks.deliveries(webhook.id)).rejects.toMatchObject({ code: "not_found" });
});

test.each([
  ["http", "http://shop.example/hooks"],
  ["another scheme", "ftp://shop.example/hooks"],
  ["no address", "shop"],
  ["a password in it", "https://me:secret@shop.example/hooks"],
])("an address with %s is refused", async (_what, wrong) => {
  const refused = api.client.webhooks.create({ url: wrong, events: ["batch.completed"] });
  await expect(refused).rejects.toMatchObject({
    code: "invalid_request",
    errors: [expect.objectContaining({ path: "url" })],
  });
});

test("only an admin sees webhooks, and only those of the project", async () => {
  const { webhook } = await api.client.webhooks.create({ url, events: ["batch.completed"] });
  const key = await api.makeKey(["read", "submit", "promote", "predict"]);
  const shop = createClient({ baseUrl: api.url, apiKey: key });
  await expect(shop.webhooks.list()).rejects.toMatchObject({ code: "forbidden" });
  const apiKey = await api.makeKey(["admin"], "another");
  const other = createClient({ baseUrl: api.url, apiKey });
  expect((await other.webhooks.list()).items).toEqual([]);
  for (const look of [
    () => other.webhooks.patch(webhook.id, { enabled: false }),
    () => other.webhooks.rotateSecret(webhook.id),
    () => other.webhooks.test(webhook.id),
    () => other.webhooks.delete(webhook.id),
  ])
    await expect(look()).rejects.toMatchObject({ code: "not_found" });
});
