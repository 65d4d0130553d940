import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A server behind a wire that can be cut, jammed or slowed: for tests of what an outage does.
 * `cut` refuses and resets; `frozen` keeps connections open and lets nothing through, as a lost
 * route does; `half-open` drops our side of every connection without telling the client.
 */
export interface StoreProxy {
  /** The target's address, through the proxy. It stays, whatever happens behind it. */
  readonly url: string;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  /** Cuts every connection once; new ones are let through. */
  drop(): void;
  /** Keeps connections open and lets nothing through. */
  freeze(): void;
  /** Delays what clients send by `delayMs`, in order. */
  slow(delayMs: number): void;
  /** The server's ends of all connections go away, and the clients hear nothing of it. */
  halfOpen(): void;
  heal(): void;
  /** New connections go to another server, such as one that was started anew. */
  retarget(url: string): void;
  /**
   * Calls `then` once, before the next chunk from a client that contains `text` is passed on. A
   * promise that it returns holds the chunk back until it settles.
   */
  watch(text: string, then: () => void | Promise<void>): { cancel(): void };
  close(): Promise<void>;
}

interface Watch {
  readonly text: string;
  readonly then: () => void | Promise<void>;
}

/** Passes chunks on in their order, however long one of them is held back. */
class Wire {
  readonly #to: Socket;
  #passing: Promise<unknown> = Promise.resolve();

  constructor(to: Socket) {
    this.#to = to;
  }

  send(chunk: Buffer, how: { before(): Promise<unknown>; delayMs: number }): void {
    this.#passing = this.#passing
      .then(how.before)
      .then(() => (how.delayMs > 0 ? sleep(how.delayMs) : undefined))
      .then(() => this.#to.write(chunk));
  }

  end(): void {
    this.#passing = this.#passing.then(() => this.#to.end());
  }
}

export async function startProxy(targetUrl: string): Promise<StoreProxy> {
  let target = new URL(targetUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Clients that believe to be connected. */
  const halves = new Set<Socket>();
  const watches = new Set<Watch>();
  let state: "open" | "cut" | "frozen" = "open";
  let delayMs = 0;

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
        if (!pairs.delete(pair)) return;
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    const wire = new Wire(upstream);
    client.on("data", (chunk) => {
      const held = [...watches].filter(({ text }) => chunk.includes(text));
      for (const watch of held) watches.delete(watch);
      wire.send(chunk, { before: () => Promise.all(held.map(({ then }) => then())), delayMs });
    });
    client.on("end", () => wire.end());
    if (state === "frozen") jam(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const jam = ([client, upstream]: readonly [Socket, Socket]) => {
    client.pause();
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
    drop,
    freeze() {
      state = "frozen";
      for (const pair of pairs) jam(pair);
    },
    slow(ms) {
      delayMs = ms;
    },
    halfOpen() {
      for (const pair of pairs) {
        const [client, upstream] = pair;
        pairs.delete(pair);
        client.pause();
        halves.add(client);
        upstream.destroy();
      }
    },
    heal() {
      if (state === "frozen")
        for (const [client, upstream] of pairs) {
          upstream.pipe(client);
          client.resume();
        }
      state = "open";
      delayMs = 0;
    },
    retarget(to) {
      target = new URL(to);
    },
    watch(text, then) {
      const watch = { text, then };
      watches.add(watch);
      return { cancel: () => void watches.delete(watch) };
    },
    async close() {
      drop();
      for (const client of halves) client.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
