import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError, newId } from "@sweepyard/contract";
import { afterEach, describe, expect, test } from "vitest";
import { ApiError } from "./apiError.js";
import { createClient } from "./createClient.js";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (req: IncomingMessage, res: ServerResponse, body: string) => void;

/** A server that says what a test wants said; what the client sends is looked at. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req.setEncoding("utf8")) body += chunk;
    answer(req, res, body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (res: ServerResponse, status: number, value: unknown, type = "application/json") =>
  res.writeHead(status, { "content-type": type }).end(JSON.stringify(value));

describe("calls", () => {
  test("fill the path, join lists, leave out undefined, and carry the key", async () => {
    let seen: IncomingMessage | undefined;
    const baseUrl = await serve((req, res) => {
      seen = req;
      json(res, 200, { items: [], nextCursor: null, total: 0 });
    });
    const client = createClient({ baseUrl: `${baseUrl}/`, apiKey: "swy_x" });
    const sweepId = newId();
    await client.runs.list({ sweepId, state: ["queued", "running"], cursor: undefined, limit: 5 });
    expect(seen?.url).toBe(`/api/v1/runs?sweepId=${sweepId}&state=queued%2Crunning&limit=5`);
    expect(seen?.headers.authorization).toBe("Bearer swy_x");
  });

  test("escape what a path is filled with", async () => {
    let url: string | undefined;
    const baseUrl = await serve((req, res) => {
      url = req.url;
      json(res, 200, {});
    });
    await createClient({ baseUrl }).models.predict("a/b@2", { instances: [[0]] });
    expect(url).toBe("/api/v1/models/a%2Fb%402/predict");
  });

  test("send pictures as they are and everything else as JSON", async () => {
    const sent: (string | undefined)[] = [];
    const baseUrl = await serve((req, res, body) => {
      sent.push(req.headers["content-type"], body);
      json(res, 200, {});
    });
    const client = createClient({ baseUrl });
    await client.models.predictImage("clothes", new Blob(["picture"], { type: "image/png" }));
    await client.models.predict("clothes", { instances: [[1, 2]] });
    expect(sent).toEqual(["image/png", "picture", "application/json", '{"instances":[[1,2]]}']);
  });

  test("answer nothing where the route has no content", async () => {
    const baseUrl = await serve((_req, res) => res.writeHead(204).end());
    expect(await createClient({ baseUrl }).keys.revoke(newId())).toBeUndefined();
  });
});

describe("refusals", () => {
  const problem = {
    type: "/problems/not_found",
    title: "Not found",
    status: 404,
    detail: "there is no run 7",
    instance: "/api/v1/runs/7",
    code: "not_found",
    requestId: "r-1",
    errors: [{ path: "id", rule: "unknown", message: "is unknown" }],
  };

  test("become ApiErrors that carry the problem", async () => {
    const baseUrl = await serve((_req, res) => json(res, 404, problem, "application/problem+json"));
    const error = await createClient({ baseUrl })
      .runs.get(newId())
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      name: "ApiError",
      message: "there is no run 7",
      code: "not_found",
      status: 404,
      requestId: "r-1",
      errors: problem.errors,
    });
  });

  test("of something that is not the API are told in words", async () => {
    const baseUrl = await serve((_req, res) =>
      res.writeHead(502).end("<html><body><h1>Bad Gateway</h1></body></html>"),
    );
    const error = await createClient({ baseUrl })
      .me.get()
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "unavailable", status: 502 });
    expect((error as Error).message).toMatch(/answered 502: Bad Gateway/);
  });

  test("a server that is not there is unavailable", async () => {
    const baseUrl = await serve(() => {});
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const error = await createClient({ baseUrl })
      .me.get()
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "AppError", code: "unavailable" });
    expect((error as Error).message).toContain("ECONNREFUSED");
  });

  test("an aborted call throws the signal's reason", async () => {
    const controller = new AbortController();
    const baseUrl = await serve(() => controller.abort(new Error("enough")));
    await expect(createClient({ baseUrl }).me.get({ signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });
});

describe("events", () => {
  const gap = JSON.stringify({ type: "gap" });

  test("go on after the last one when the connection is lost", async () => {
    const asked: (string | undefined)[] = [];
    const baseUrl = await serve((req, res) => {
      asked.push(req.headers["last-event-id"] as string | undefined);
      res.writeHead(200, { "content-type": "text/event-stream" });
      const first = asked.length * 10;
      // A cursor, an event in two pieces, and half an event that never ends.
      res.write(`event: cursor\nid: ${first}\ndata:\n\nid: ${first + 1}\nda`);
      setImmediate(() => {
        res.write(`ta: ${gap}\n\nid: ${first + 2}\ndata: {"ty`);
        setImmediate(() => res.destroy());
      });
    });
    const stop = new AbortController();
    const states: string[] = [];
    const ids: string[] = [];
    for await (const { id, event } of createClient({ baseUrl }).events({
      signal: stop.signal,
      onConnection: (state) => states.push(state),
    })) {
      expect(event).toEqual({ type: "gap" });
      ids.push(id);
      if (ids.length === 3) stop.abort();
    }
    expect(ids).toEqual(["11", "21", "31"]);
    expect(asked).toEqual([undefined, "11", "21"]);
    expect(states).toEqual(["open", "waiting", "open", "waiting", "open"]);
  });

  test("resume from a cursor although no event came", async () => {
    const asked: (string | undefined)[] = [];
    const stop = new AbortController();
    const baseUrl = await serve((req, res) => {
      asked.push(req.headers["last-event-id"] as string | undefined);
      if (asked.length === 2) stop.abort();
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.end("event: cursor\nid: 5\ndata:\n\n");
    });
    for await (const _ of createClient({ baseUrl }).events({ signal: stop.signal })) break;
    expect(asked).toEqual([undefined, "5"]);
  });

  test("end with the refusal when the key is refused, and go on over a 503", async () => {
    let tries = 0;
    const baseUrl = await serve((_req, res) => {
      tries++;
      if (tries === 1) res.writeHead(503).end("restarting");
      else res.writeHead(401).end("no");
    });
    const events = createClient({ baseUrl }).events();
    await expect(events.next()).rejects.toMatchObject({ code: "unauthorized" });
    expect(tries).toBe(2);
  });

  test("closing the iterator closes the connection", async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve;
    });
    const baseUrl = await serve((_req, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(`id: 1\ndata: ${gap}\n\n`);
      res.once("close", onClosed);
    });
    for await (const _ of createClient({ baseUrl }).events()) break;
    await closed;
  });
});
