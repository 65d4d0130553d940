import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@sweepyard/client";
import type { LiveEvent } from "@sweepyard/contract";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import { type LiveStatus, LiveUpdates } from "./liveUpdates.js";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An event stream whose connections the test holds in its hands. */
async function startStream(status = 200) {
  const connections: ServerResponse[] = [];
  const resumedFrom: (string | undefined)[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((req, res) => {
    res.writeHead(status, { "content-type": "text/event-stream" });
    if (status !== 200) {
      res.end();
      return;
    }
    res.write(": hello\n\n");
    resumedFrom.push(req.headers["last-event-id"] as string | undefined);
    connections.push(res);
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    client: createClient({ baseUrl: `http://127.0.0.1:${port}` }),
    resumedFrom,
    connection: async (index: number): Promise<ServerResponse> => {
      while (connections[index] === undefined)
        await new Promise<void>((resolve) => waiting.push(resolve));
      return connections[index];
    },
  };
}

function follow(client: ReturnType<typeof createClient>, cache: QueryClient) {
  const live = new LiveUpdates(client, cache);
  const stop = new AbortController();
  const done = live.follow(stop.signal);
  stops.push(() => {
    stop.abort();
    return done;
  });
  const reaches = (state: LiveStatus["state"]) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (live.getStatus().state !== state) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = live.subscribe(look);
      look();
    });
  return { live, reaches };
}

const send = (to: ServerResponse, id: number, event: LiveEvent) =>
  to.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);

const changes = (cache: QueryClient, key: readonly unknown[]) =>
  new Promise<void>((resolve) => {
    const unsubscribe = cache.getQueryCache().subscribe(({ query }) => {
      if (JSON.stringify(query.queryKey) !== JSON.stringify(key)) return;
      unsubscribe();
      resolve();
    });
  });

test("events reach the cache; after a lost connection it goes on and catches up once", async () => {
  const stream = await startStream();
  const cache = new QueryClient();
  cache.setQueryData(["workers"], { items: [] });
  const { reaches } = follow(stream.client, cache);

  await reaches("live");
  const patched = changes(cache, ["workers"]);
  send(await stream.connection(0), 7, { type: "worker.changed", worker: { id: "w" } as never });
  await patched;
  expect(cache.getQueryData(["workers"])).toEqual({ items: [{ id: "w" }] });

  const lost = reaches("reconnecting");
  (await stream.connection(0)).destroy();
  await lost;
  expect(cache.getQueryState(["workers"])?.isInvalidated).toBe(false);
  await reaches("live");
  expect(cache.getQueryState(["workers"])?.isInvalidated).toBe(true);
  expect(stream.resumedFrom).toEqual([undefined, "7"]);
});

test("a refused key ends it and asks anew who is signed in", async () => {
  const stream = await startStream(401);
  const cache = new QueryClient();
  cache.setQueryData(["me"], {});
  const { reaches } = follow(stream.client, cache);
  await reaches("ended");
  await expect.poll(() => cache.getQueryState(["me"])?.isInvalidated).toBe(true);
});
