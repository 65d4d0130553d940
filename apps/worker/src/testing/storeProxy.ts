import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface StoreProxy {
  /** The target's address, through the proxy. */
  readonly url: string;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  /** Keeps connections open and lets nothing through. */
  freeze(): void;
  heal(): void;
  close(): Promise<void>;
}

/** A server behind a wire that can be cut or jammed. */
export async function startProxy(targetUrl: string): Promise<StoreProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "open" | "cut" | "frozen" = "open";
  const server = createServer((client) => {
    if (state === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
    if (state === "frozen") jam(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const jam = ([client, upstream]: readonly [Socket, Socket]) => {
    client.unpipe(upstream).pause();
    upstream.unpipe(client).pause();
  };
  const drop = () => {
    for (const [client] of pairs) client.destroy();
  };
  const url = new URL(targetUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      state = "cut";
      drop();
    },
    freeze() {
      state = "frozen";
      for (const pair of pairs) jam(pair);
    },
    heal() {
      if (state === "frozen")
        for (const [client, upstream] of pairs) client.pipe(upstream).pipe(client);
      state = "open";
    },
    async close() {
      drop();
      server.close();
      await once(server, "close");
    },
  };
}
