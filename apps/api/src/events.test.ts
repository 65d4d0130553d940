import { connect } from "node:net";
import { type Client, createClient } from "@sweepyard/client";
import type { LiveEvent } from "@sweepyard/contract";
import { currentCursor, trimEvents } from "@sweepyard/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan, smallSweep } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

interface Message {
  readonly id: string | undefined;
  readonly event: LiveEvent;
}

/** Follows the stream until `done` says so of all that came. */
async function follow(
  options: { client?: Client; lastEventId?: string; sweepId?: string; onOpen?: () => void },
  done: (messages: Message[]) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  const { client = api.client, lastEventId, sweepId, onOpen } = options;
  const signal = AbortSignal.timeout(15_000);
  const onConnection = (state: string) => state === "open" && onOpen?.();
  for await (const message of client.events({ lastEventId, sweepId, signal, onConnection })) {
    messages.push(message);
    if (done(messages)) return messages;
  }
  throw new Error(
    `the stream went silent after ${JSON.stringify(messages.map(({ event }) => event.type))}`,
  );
}

/** Connects, then runs `action`, and gives what came until `done`. */
async function eventsOf(
  action: () => Promise<unknown>,
  done: (messages: Message[]) => boolean,
  options: { client?: Client; sweepId?: string } = {},
): Promise<Message[]> {
  let acted: Promise<unknown> = Promise.resolve();
  const messages = await follow({ ...options, onOpen: () => (acted = action()) }, done);
  await acted;
  return messages;
}

const has = (id: string) => (messages: Message[]) =>
  messages.some(({ event }) => JSON.stringify(event).includes(id));

describe("the event stream", () => {
  test("tells of a new sweep with what it looks like", async () => {
    let id = "";
    const messages = await eventsOf(
      async () => {
        id = (await api.client.sweeps.create(smallSweep())).id;
      },
      (all) => all.some(({ event }) => event.type === "sweep.changed"), // it may outrun the answer
    );
    const changed = messages.find(({ event }) => event.type === "sweep.changed")?.event;
    expect(changed).toMatchObject({ sweep: { id, state: "running", plannedRuns: 4 } });
  });

  test("tells each epoch of a run in order, and its end", async () => {
    const run = await api.client.runs.create({ plan: { ...smallPlan, epochs: 5 } });
    const messages = await eventsOf(
      () => trainRun(api.db, run.id),
      (all) =>
        all.some(({ event }) => event.type === "run.changed" && event.run.state === "completed"),
    );
    const steps = messages.flatMap(({ event }) =>
      event.type === "run.epoch" ? [event.row.step] : [],
    );
    expect(steps).toEqual([1, 2, 3, 4, 5]);
  });

  test("goes on after Last-Event-ID without loss or repetition, wherever it is cut", async () => {
    const from = await currentCursor(api.db);
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push((await api.client.runs.create({ plan: smallPlan })).id);
    const last = ids.at(-1) ?? "";
    const all = await follow({ lastEventId: from }, has(last));
    const created = (messages: Message[]) =>
      messages.flatMap(({ event }) => (event.type === "run.changed" ? [event.run.id] : []));
    expect(created(all)).toEqual(ids);
    for (const [index, { id }] of all.slice(0, -1).entries()) {
      const rest = await follow({ ...(id === undefined ? {} : { lastEventId: id }) }, has(last));
      expect(created(rest)).toEqual(created(all.slice(index + 1)));
    }
  });

  test("a subscriber that is cut off again and again hears every event once", async () => {
    const from = await currentCursor(api.db);
    // A proxy between the two that cuts each connection after some bytes.
    const { url, close } = await cuttingProxy(Number(new URL(api.url).port), 20_000);
    try {
      const client = createClient({ baseUrl: url, apiKey: api.key });
      const ids: string[] = [];
      const heard: string[] = [];
      const submitting = (async () => {
        for (let i = 0; i < 30; i++)
          ids.push((await api.client.runs.create({ plan: smallPlan })).id);
      })();
      const signal = AbortSignal.timeout(18_000);
      let cuts = 0;
      const onConnection = (state: string) => {
        if (state === "waiting") cuts++;
      };
      for await (const { event } of client.events({ lastEventId: from, signal, onConnection })) {
        if (event.type === "run.changed") heard.push(event.run.id);
        if (heard.length === 30) break;
      }
      await submitting;
      expect(heard).toEqual(ids);
      expect(cuts).toBeGreaterThan(0);
    } finally {
      close();
    }
  });

  test("follows one sweep when asked to", async () => {
    const other = await api.client.sweeps.create(smallSweep({ name: "other" }));
    const mine = await api.client.sweeps.create(smallSweep({ name: "mine" }));
    const messages = await eventsOf(
      async () => {
        await api.client.sweeps.pause(other.id);
        await api.client.runs.create({ plan: smallPlan });
        await api.client.sweeps.pause(mine.id);
      },
      (all) => all.length > 0,
      { sweepId: mine.id },
    );
    expect(messages.map(({ event }) => event)).toMatchObject([
      { type: "sweep.changed", sweep: { id: mine.id, state: "paused" } },
    ]);
  });

  test("tells nothing of another project", async () => {
    const client = createClient({
      baseUrl: api.url,
      apiKey: await api.makeKey(["read", "submit"], "elsewhere"),
    });
    await client.datasets.create(smallUpload());
    const messages = await eventsOf(
      async () => {
        await api.client.runs.create({ plan: smallPlan });
        await client.runs.create({ plan: smallPlan, name: "ours" });
      },
      (all) => all.some(({ event }) => event.type === "run.changed"),
      { client },
    );
    expect(messages.filter(({ event }) => event.type === "run.changed")).toMatchObject([
      { event: { run: { name: "ours" } } },
    ]);
  });

  test("says that there is a gap when events were dropped meanwhile", async () => {
    const from = await currentCursor(api.db);
    await api.client.runs.create({ plan: smallPlan });
    await trimEvents(api.db, 0);
    const messages = await follow({ lastEventId: from }, (all) => all.length > 0);
    expect(messages[0]?.event).toEqual({ type: "gap" });
  });

  test("says that there is a gap after a Last-Event-ID that is none of its own", async () => {
    const messages = await follow({ lastEventId: "rubbish" }, (all) => all.length > 0);
    expect(messages[0]?.event).toEqual({ type: "gap" });
  });

  test("begins by saying where it stands, so that a reader can resume before any event", async () => {
    const response = await requestOf(api)("GET", "/api/v1/events");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toMatch(/^retry: \d+\nevent: cursor\nid: \d+-\d+\ndata:\n\n/);
    await reader?.cancel();
  });

  test("drops a reader that takes nothing, and keeps what it missed", async () => {
    const from = await currentCursor(api.db);
    // About 20 MB of events: more than the sockets between the two hold.
    const values = JSON.stringify({ ["x".repeat(100)]: 1, ["y".repeat(9_000)]: 2 });
    await api.db.prisma.$executeRaw`
      insert into events (project_id, data)
      select ${api.projectId}::uuid, jsonb_build_object('type', 'run.epoch',
        'runId', gen_random_uuid(), 'sweepId', null, 'objective', null,
        'row', jsonb_build_object('step', n, 'at', '2026-01-01T00:00:00.000Z',
          'values', ${values}::jsonb))
      from generate_series(1, 2000) n`;
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.key}\r\nLast-Event-ID: ${from}\r\n\r\n`,
    );
    socket.pause();
    await expect.poll(() => api.logged.join(""), { timeout: 15_000 }).toContain("took nothing");
    socket.destroy();
    const messages = await follow({ lastEventId: from }, (all) => all.length === 2000);
    const steps = messages.map(({ event }) => event.type === "run.epoch" && event.row.step);
    expect(steps).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
  });

  test("ends when its key is revoked", async () => {
    const { key, secret } = await api.client.keys.create({ name: "short", scopes: ["read"] });
    const response = await requestOf(api, secret)("GET", "/api/v1/events");
    await api.client.keys.revoke(key.id);
    // The key is looked at again with each heartbeat; cutting the connection ends the body.
    await expect(response.text()).rejects.toThrow();
  });
});

/** Passes bytes on to `port`, and cuts each connection after `bytes` of answer. */
async function cuttingProxy(port: number, bytes: number) {
  const { createServer } = await import("node:net");
  const proxy = createServer((socket) => {
    const upstream = connect(port, "127.0.0.1");
    let left = bytes;
    socket.on("error", () => upstream.destroy()).pipe(upstream);
    upstream.on("error", () => socket.destroy());
    upstream.on("close", () => socket.destroy());
    upstream.on("data", (chunk: Buffer) => {
      socket.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) {
        socket.end();
        upstream.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const bound = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${bound}`, close: () => proxy.close() };
}
