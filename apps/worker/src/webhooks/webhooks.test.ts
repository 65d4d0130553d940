import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook } from "@sweepyard/client";
import { type CreateWebhook, newId } from "@sweepyard/contract";
import {
  cancelBatch,
  claimDeliveries,
  createBatch,
  createWebhook,
  listDeliveries,
  listWebhooks,
  patchWebhook,
  redeliver,
  rotateWebhookSecret,
  testWebhook,
} from "@sweepyard/db";
import {
  createTestDatabase,
  fakeFile,
  seedProject,
  type TestDatabase,
} from "@sweepyard/db/testing";
import type {} from "@sweepyard/local/testing";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { DELIVERY_TRIES, deliverWebhooks, retryDelayMs } from "./deliverWebhooks.js";
import { isPublicAddress } from "./publicAddress.js";

/** The outbox against real receivers. */

let database: TestDatabase;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database?.drop());
beforeEach(async () => {
  await database.db.prisma.webhook.deleteMany(); // the outbox is one for all projects
  ({ projectId } = await seedProject(database.db, `project ${newId()}`));
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A receiver that keeps what comes and answers as it is told. */
async function receive(answer: (res: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req.setEncoding("utf8")) body += chunk;
    received.push({ headers: req.headers, body });
    answer(res, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

const ok = (res: ServerResponse) => res.writeHead(204).end();
const register = (url: string, events: CreateWebhook["events"] = ["batch.cancelled"]) =>
  createWebhook(database.db, projectId, { url, events, description: "" });
const deliver = (options: { allowPrivate?: boolean; timeoutMs?: number } = {}) =>
  deliverWebhooks({
    ...{ db: database.db, logger: pino({ level: "silent" }), allowPrivate: true, ...options },
  });
const deliveriesOf = async (id: string) =>
  (await listDeliveries(database.db, projectId, id, { limit: 10 })).items;
/** Time passes: what waits is due. */
const letTimePass = () => database.db.prisma.$executeRaw`
  update webhook_deliveries set next_attempt_at = now() where state = 'pending'`;

async function cancelledBatch(): Promise<string> {
  const batch = await createBatch(database.db, projectId, "tester", {
    model: {
      ...{ model: "clothes", version: 1, runId: newId(), artifactId: newId() },
      ...{ sha256: fakeFile("m").sha256, classNames: ["a", "b"], task: "classification" },
    },
    input: { kind: "pictures", file: fakeFile(newId()), items: [["a.png", 0, 1]] },
    ...{ name: "spring", top_k: 1, priority: 50 },
  });
  await cancelBatch(database.db, projectId, batch.id, "tester");
  return batch.id;
}

describe("an event", () => {
  test("reaches who wants it, once, signed so that the receiver can tell", async () => {
    const { url, received } = await receive(ok);
    const { webhook, secret } = await register(url);
    await register(url, ["sweep.completed"]); // wants another
    const batchId = await cancelledBatch();
    await deliver();
    await deliver();
    expect(received).toHaveLength(1);
    const [message] = received as [Received];
    const { id, event } = await verifyWebhook(message, secret);
    expect(event).toMatchObject({
      type: "batch.cancelled",
      data: { batch: { id: batchId, state: "cancelled", name: "spring" } },
    });
    expect(message.headers).toMatchObject({ "content-type": "application/json" });
    expect(await deliveriesOf(webhook.id)).toMatchObject([
      { id, state: "delivered", nextAttemptAt: null, attempts: [{ number: 1, status: 204 }] },
    ]);
  });

  test("that is not committed is not told", async () => {
    const { url } = await receive(ok);
    const { webhook } = await register(url);
    const id = await cancelledBatch();
    await expect(cancelBatch(database.db, projectId, id, "again")).rejects.toThrow();
    expect(await deliveriesOf(webhook.id)).toHaveLength(1);
  });

  test("is told again under its id until it is taken, and every attempt is kept", async () => {
    const { url, received } = await receive((res, count) =>
      count === 1 ? res.writeHead(503).end() : count === 2 ? res.destroy() : ok(res),
    );
    const { webhook, secret } = await register(url);
    await cancelledBatch();
    for (let attempt = 0; attempt < 3; attempt++) {
      await deliver();
      await letTimePass();
    }
    const ids = await Promise.all(received.map(async (m) => (await verifyWebhook(m, secret)).id));
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    const [delivery] = await deliveriesOf(webhook.id);
    expect(delivery?.state).toBe("delivered");
    expect(delivery?.attempts.map(({ number, status }) => [number, status])).toEqual([
      [1, 503],
      [2, null],
      [3, 204],
    ]);
    expect(delivery?.attempts[0]?.error).toBe("answered 503");
  });

  test("that a killed worker was sending is sent by another", async () => {
    const { url, received } = await receive(ok);
    await register(url);
    await cancelledBatch();
    expect(await claimDeliveries(database.db, { limit: 10, leaseMs: 60_000 })).toHaveLength(1);
    await deliver();
    expect(received).toHaveLength(0); // it may still be at it
    await letTimePass();
    await deliver();
    expect(received).toHaveLength(1);
  });

  test("is given up in the end, and sent again when somebody asks", async () => {
    const { url, received } = await receive((res, count) =>
      count <= DELIVERY_TRIES ? res.writeHead(500).end() : ok(res),
    );
    const { webhook } = await register(url);
    await cancelledBatch();
    for (let attempt = 0; attempt < DELIVERY_TRIES + 2; attempt++) {
      await deliver();
      await letTimePass();
    }
    expect(received).toHaveLength(DELIVERY_TRIES);
    const [failed] = await deliveriesOf(webhook.id);
    expect(failed?.state).toBe("failed");
    await redeliver(database.db, projectId, { id: webhook.id, deliveryId: failed?.id ?? "" });
    await deliver();
    expect(await deliveriesOf(webhook.id)).toMatchObject([{ id: failed?.id, state: "delivered" }]);
  });
});

describe("a receiver", () => {
  test("that is gone for good is told no more until it is turned on again", async () => {
    const { url, received } = await receive((res, count) =>
      count === 1 ? res.writeHead(410).end() : ok(res),
    );
    const { webhook } = await register(url);
    await cancelledBatch();
    await deliver();
    expect(await listWebhooks(database.db, projectId)).toMatchObject([
      { enabled: false, disabledReason: "the receiver is gone for good (410)" },
    ]);
    await cancelledBatch();
    expect(await deliveriesOf(webhook.id)).toHaveLength(1);
    await patchWebhook(database.db, projectId, webhook.id, { enabled: true });
    await testWebhook(database.db, projectId, webhook.id);
    await deliver();
    expect(received).toHaveLength(2);
  });

  test("whose secret is replaced may check by either for a day", async () => {
    const { url, received } = await receive(ok);
    const { webhook, secret: old } = await register(url);
    const { secret } = await rotateWebhookSecret(database.db, projectId, webhook.id);
    await testWebhook(database.db, projectId, webhook.id);
    await deliver();
    const [message] = received as [Received];
    for (const known of [old, secret])
      expect((await verifyWebhook(message, known)).event.type).toBe("webhook.test");
    await database.db.prisma.webhook.update({
      where: { id: webhook.id },
      data: { oldSecretUntil: new Date(0) },
    });
    await testWebhook(database.db, projectId, webhook.id);
    await deliver();
    const [, later] = received as [Received, Received];
    await expect(verifyWebhook(later, old)).rejects.toMatchObject({ code: "unauthorized" });
  });

  test("that does not answer costs no more than the time limit", async () => {
    const { url } = await receive(() => {});
    const { webhook } = await register(url);
    await testWebhook(database.db, projectId, webhook.id);
    await deliver({ timeoutMs: 200 });
    const [delivery] = await deliveriesOf(webhook.id);
    expect(delivery).toMatchObject({
      ...{ state: "pending", attempts: [{ status: null, error: "no answer within 200 ms" }] },
    });
  });

  test("that redirects is not followed", async () => {
    const elsewhere = await receive(ok);
    const { url } = await receive((res) => res.writeHead(307, { location: elsewhere.url }).end());
    const { webhook } = await register(url);
    await testWebhook(database.db, projectId, webhook.id);
    await deliver();
    expect(elsewhere.received).toEqual([]);
    const [delivery] = await deliveriesOf(webhook.id);
    expect(delivery?.attempts[0]?.error).toBe("answered 307: redirects are not followed");
  });
});

describe("a private address", () => {
  test.each([
    ["a loopback address", "https://127.0.0.1:1/hook"],
    ["one in other digits", "https://0x7f.1/hook"],
    ["a name that leads to one", "https://localhost:1/hook"],
    ["IPv6's loopback", "https://[::1]:1/hook"],
    ["IPv4 within IPv6", "https://[::ffff:127.0.0.1]:1/hook"],
    ["where clouds keep credentials", "https://169.254.169.254/latest/meta-data"],
  ])("is not connected to: %s", async (_what, url) => {
    const { webhook } = await register(url);
    await testWebhook(database.db, projectId, webhook.id);
    await deliver({ allowPrivate: false });
    const [delivery] = await deliveriesOf(webhook.id);
    expect(delivery?.attempts[0]?.error).toMatch(/is at .*, which is no public address/);
  });

  test("nor is anything sent over plain http", async () => {
    const { url, received } = await receive(ok);
    const { webhook } = await register(url);
    await testWebhook(database.db, projectId, webhook.id);
    await deliver({ allowPrivate: false });
    expect(received).toEqual([]);
    const [delivery] = await deliveriesOf(webhook.id);
    expect(delivery?.attempts[0]?.error).toMatch(/not https/);
  });

  test("is told from a public one", () => {
    const inside = [
      ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "172.31.255.255", "192.168.0.1", "224.0.0.1"],
      ...["255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:8.8.8.8"],
      ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "localhost", ""],
    ];
    expect(inside.filter(isPublicAddress)).toEqual([]);
    const outside = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"];
    expect(outside.filter((address) => !isPublicAddress(address))).toEqual([]);
  });
});

test("the wait grows fourfold, is spread, has a cap, and heeds what the receiver asks for", () => {
  const seconds = (tries: number, after: number | null = null, random = 1) =>
    Math.round((retryDelayMs(tries, after, () => random) ?? -1000) / 1000);
  expect([1, 2, 3, 4].map((tries) => seconds(tries))).toEqual([5, 20, 80, 320]);
  expect(seconds(3, null, 0)).toBe(40);
  expect(seconds(DELIVERY_TRIES - 1)).toBe(6 * 3_600);
  expect(seconds(1, 120)).toBe(120);
  expect(seconds(1, 10 ** 9)).toBe(6 * 3_600);
  expect(retryDelayMs(DELIVERY_TRIES)).toBeNull();
});
