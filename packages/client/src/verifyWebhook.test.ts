import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { verifyWebhook } from "./verifyWebhook.js";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const now = new Date("2026-11-25T12:00:00Z");
const timestamp = String(now.getTime() / 1000);
const body = JSON.stringify({ type: "webhook.test", timestamp: now.toISOString(), data: {} });

/** As the specification says it, with Node's own HMAC. */
function sign(key: string, id = "msg_1", time = timestamp, text = body): string {
  const hmac = createHmac("sha256", Buffer.from(key.slice("whsec_".length), "base64"));
  return `v1,${hmac.update(`${id}.${time}.${text}`).digest("base64")}`;
}

const received = (changes: Record<string, string | undefined> = {}, text = body) => ({
  headers: {
    "webhook-id": "msg_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": sign(secret),
    ...changes,
  },
  body: text,
});

test("a message by the secret is taken, from text, bytes, or Fetch's headers", async () => {
  const expected = { id: "msg_1", event: { type: "webhook.test" } };
  expect(await verifyWebhook(received(), secret, { now })).toMatchObject(expected);
  const { headers } = received();
  const bytes = new TextEncoder().encode(body);
  const fetched = { headers: new Headers(headers as Record<string, string>), body: bytes };
  expect(await verifyWebhook(fetched, secret, { now })).toMatchObject(expected);
});

test("while a secret is replaced either of the two is enough, on either side", async () => {
  const both = received({ "webhook-signature": `${sign(other)} ${sign(secret)} v1a,unknown` });
  for (const known of [secret, other, [other, secret]])
    expect((await verifyWebhook(both, known, { now })).id).toBe("msg_1");
});

test.each([
  ["another secret", received({ "webhook-signature": sign(other) })],
  ["another body", received({}, body.replace("test", "text"))],
  ["another id", received({ "webhook-id": "msg_2" })],
  ["no signature", received({ "webhook-signature": undefined })],
  [
    "a signature of another kind",
    received({ "webhook-signature": sign(secret).replace("v1", "v2") }),
  ],
  ["a signature that is no base64", received({ "webhook-signature": "v1,%%%" })],
  ["no time", received({ "webhook-timestamp": undefined })],
  ["a time in words", received({ "webhook-timestamp": "noon" })],
  [
    "an old one sent again",
    received({
      "webhook-timestamp": "1700000000",
      "webhook-signature": sign(secret, "msg_1", "1700000000"),
    }),
  ],
])("%s is refused", async (_what, message) => {
  await expect(verifyWebhook(message, secret, { now })).rejects.toMatchObject({
    code: "unauthorized",
  });
});

test("an event that is unknown, and a secret that is none, are told apart from a forgery", async () => {
  const text = JSON.stringify({ type: "tea.served", timestamp: now.toISOString(), data: {} });
  const unknown = received({ "webhook-signature": sign(secret, "msg_1", timestamp, text) }, text);
  for (const refused of [
    () => verifyWebhook(unknown, secret, { now }),
    () => verifyWebhook(received(), "hunter2", { now }),
  ])
    await expect(refused()).rejects.toMatchObject({ code: "invalid_request" });
});
