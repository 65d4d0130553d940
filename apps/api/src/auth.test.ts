import { createClient } from "@sweepyard/client";
import {
  API_PREFIX,
  newId,
  ROUTES,
  type RouteDefinition,
  type RouteName,
  Scope,
} from "@sweepyard/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan, smallSweep } from "./testing/submitSmall.js";

let api: TestApi;
/** What exists in the default project, by the names that paths use. */
let mine: { sweep: string; run: string; key: string; artifact: string };
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  const sweep = await api.client.sweeps.create(smallSweep());
  const run = await api.client.runs.create({ plan: smallPlan });
  const { key } = await api.client.keys.create({ name: "other", scopes: ["read"] });
  const artifact = await api.db.prisma.artifact.findFirstOrThrow();
  mine = { sweep: sweep.id, run: run.id, key: key.id, artifact: artifact.id };
});
afterAll(() => api.stop());

const routes = Object.entries(ROUTES) as [RouteName, RouteDefinition][];

function pathOf(name: RouteName): string {
  const { path } = ROUTES[name];
  const group = name.split(".")[0];
  const ids: Record<string, string> = {
    sweeps: mine.sweep,
    runs: mine.run,
    keys: mine.key,
    artifacts: mine.artifact,
  };
  const filled = path
    .replace(":id", ids[group ?? ""] ?? newId())
    .replace(":name", group === "datasets" ? "halves" : "clothes")
    .replace(":alias", "champion")
    .replace(":version", "1")
    .replace(":format", "onnx")
    .replace(":deliveryId", newId());
  const queries: Partial<Record<RouteName, string>> = {
    "runs.compare": `?ids=${mine.run}`,
    "sweeps.bestSoFar": `?ids=${mine.sweep}`,
    "runs.mcnemar": `?a=${mine.run}&b=${mine.run}`,
    "sweeps.surrogate": "?x=depth&y=learning_rate",
    "datasets.images": "?rows=0",
  };
  return `${API_PREFIX}${filled}${queries[name] ?? ""}`;
}

const BODIES: Partial<Record<RouteName, unknown>> = {
  "sweeps.patch": { name: "mine now" },
  "sweeps.fork": {},
  "sweeps.ask": {},
  "sweeps.tell": { runs: [{ run: newId(), attempt: 1 }] },
  "sweeps.enqueue": { points: [{ depth: 1 }] },
  "runs.patch": { note: "mine now" },
  "runs.recordSteps": { attempt: 1, rows: [{ step: 1, values: { loss: 0.5 } }] },
  "runs.heartbeat": { attempt: 1 },
  "runs.tell": { attempt: 1 },
  "runs.promote": { model: "clothes" },
  "runs.measureExports": {},
  "models.setAlias": { version: 1 },
  "models.rollback": {},
  "models.setPolicy": { policy: null },
  "models.decide": { approve: true },
  "models.patchVersion": { tags: [] },
  "models.measureExports": {},
  "models.setChallenger": { challenger: null },
  "models.predict": { instances: [[0]] },
  "models.predictVersion": { instances: [[0]] },
  "batches.create": { dataset: { name: "halves" } },
  "webhooks.patch": { enabled: false },
  "workers.drain": {},
};

const bodyOf = (name: RouteName): RequestInit =>
  BODIES[name] === undefined
    ? {}
    : { headers: { "content-type": "application/json" }, body: JSON.stringify(BODIES[name]) };

describe("every route", () => {
  test.each(routes)("%s asks for a key", async (name, { method }) => {
    const rows = await api.rowCounts();
    for (const key of [null, "swy_wrong", "", `${api.key}x`]) {
      const response = await requestOf(api, key)(method, pathOf(name), bodyOf(name));
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect(await problemOf(response)).toMatchObject({ status: 401, code: "unauthorized" });
    }
    expect(await api.rowCounts()).toEqual(rows);
  });

  test.each(routes)("%s asks for its scope", async (name, { method, scope }) => {
    const others = Scope.options.filter((other) => other !== scope && other !== "admin");
    const key = await api.makeKey(others);
    const rows = await api.rowCounts();
    const problem = await problemOf(await requestOf(api, key)(method, pathOf(name), bodyOf(name)));
    expect(problem).toMatchObject({ status: 403, code: "forbidden" });
    expect(problem.detail).toContain(`"${scope}"`);
    expect(await api.rowCounts()).toEqual(rows);
  });

  const withId = routes.filter(([, { path }]) => path.includes(":"));
  test.each([...withId, ["runs.compare", ROUTES["runs.compare"]] as const])(
    "%s shows nothing of another project",
    async (name, { method }) => {
      const key = await api.makeKey(Scope.options, "elsewhere");
      const rows = await api.rowCounts();
      const response = await requestOf(api, key)(method, pathOf(name), bodyOf(name));
      expect(await problemOf(response)).toMatchObject({ status: 404, code: "not_found" });
      expect(await api.rowCounts()).toEqual(rows);
    },
  );

  test("lists show nothing of another project", async () => {
    const apiKey = await api.makeKey(Scope.options, "empty");
    const { sweeps, runs, datasets, models } = createClient({ baseUrl: api.url, apiKey });
    expect(await sweeps.list()).toMatchObject({ items: [], total: 0 });
    expect(await sweeps.bestSoFar([mine.sweep])).toEqual({ items: [] });
    expect(await runs.list()).toMatchObject({ items: [], total: 0 });
    expect(await datasets.list()).toEqual({ items: [] });
    expect(await models.list()).toEqual({ items: [] });
    const best = await runs.best().catch((error: unknown) => error);
    expect(best).toMatchObject({ code: "not_found" });
  });

  test("a sweep on another project's data set is refused", async () => {
    const apiKey = await api.makeKey(Scope.options, "empty");
    const refused = await createClient({ baseUrl: api.url, apiKey })
      .sweeps.create(smallSweep())
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ errors: [{ path: "plan.data.dataset" }] });
  });
});

test("a project is made with a first key, and the one that made it reaches nothing of it", async () => {
  const { project, key, secret } = await api.client.projects.create({ name: "made-here" });
  expect(project.name).toBe("made-here");
  expect(key.scopes).toEqual([...Scope.options]);
  const inside = createClient({ baseUrl: api.url, apiKey: secret });
  expect(await inside.me.get()).toMatchObject({ project });
  expect((await inside.datasets.list()).items).toEqual([]);
  expect((await api.client.keys.list()).items.map(({ id }) => id)).not.toContain(key.id);
  await expect(api.client.projects.create({ name: "made-here" })).rejects.toMatchObject({
    code: "conflict",
    errors: [{ path: "name" }],
  });
  await expect(api.client.projects.create({ name: "Not so!" })).rejects.toMatchObject({
    code: "invalid_request",
  });
});

describe("keys", () => {
  test("are shown once, listed without their secret, and end when revoked", async () => {
    const { key, secret } = await api.client.keys.create({ name: "ci", scopes: ["read"] });
    const client = createClient({ baseUrl: api.url, apiKey: secret });
    expect(await client.me.get()).toMatchObject({ key: { name: "ci", scopes: ["read"] } });
    const { items } = await api.client.keys.list();
    expect(JSON.stringify(items)).not.toContain(secret);
    expect(items.map(({ id }) => id)).toContain(key.id);
    await api.client.keys.revoke(key.id);
    await expect(client.me.get()).rejects.toMatchObject({ code: "unauthorized" });
  });

  test("end when they expire", async () => {
    const { key, secret } = await api.client.keys.create({
      name: "short",
      scopes: ["read"],
      expiresInDays: 1,
    });
    await api.db.prisma.$executeRaw`
      update api_keys set expires_at = now() - interval '1 second' where id = ${key.id}::uuid`;
    await expect(createClient({ baseUrl: api.url, apiKey: secret }).me.get()).rejects.toMatchObject(
      { code: "unauthorized" },
    );
  });

  test("can't revoke themselves", async () => {
    const { items } = await api.client.keys.list();
    const own = items.find(({ prefix }) => api.key.startsWith(prefix));
    await expect(api.client.keys.revoke(own?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("sessions", () => {
  const ask = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    requestOf(api, null)(method, path, { headers, ...(body === undefined ? {} : { body }) });
  const json = { "content-type": "application/json" };

  const cookieOf = (response: Response) => {
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^sweepyard_session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    return cookie.split(";")[0] ?? "";
  };

  test("a link logs in once", async () => {
    const { url, expiresAt } = await api.client.session.createLink();
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const path = url.replace(api.url, "");
    await ask("HEAD", path, {}); // what a chat program does to show a preview
    const first = await ask("GET", path, {});
    expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
    const cookie = cookieOf(first);
    expect((await ask("GET", "/api/v1/me", { cookie })).status).toBe(200);
    const second = await ask("GET", path, {});
    expect(second.status).toBe(401);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(api.logged.join("")).not.toContain(new URL(url).searchParams.get("token"));
  });

  test("a key logs in, has only its own scopes there, and logs out", async () => {
    const key = await api.makeKey(["read"]);
    const sameSite = { "sec-fetch-site": "same-origin" };
    const cookie = cookieOf(
      await ask("POST", "/login", { ...json, ...sameSite }, JSON.stringify({ key })),
    );
    expect((await ask("GET", "/api/v1/sweeps", { cookie })).status).toBe(200);
    const refused = await ask("POST", `/api/v1/sweeps/${mine.sweep}/pause`, {
      cookie,
      ...sameSite,
    });
    expect(refused.status).toBe(403);
    expect((await ask("POST", "/logout", { cookie, ...sameSite })).status).toBe(204);
    expect((await ask("GET", "/api/v1/sweeps", { cookie })).status).toBe(401);
  });

  test("a form logs in without a script", async () => {
    const response = await ask(
      "POST",
      "/login",
      { "content-type": "application/x-www-form-urlencoded", origin: api.url },
      new URLSearchParams({ key: api.key }).toString(),
    );
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    cookieOf(response);
  });

  test.each([
    ["nothing says where it comes from", {}],
    ["it comes from another site", { "sec-fetch-site": "cross-site" }],
    ["it comes from another port of this host", { "sec-fetch-site": "same-site" }],
    ["its origin is another", { origin: "http://evil.example" }],
    ["its origin is hidden", { origin: "null" }],
  ])("change nothing when %s", async (_what, headers: Record<string, string>) => {
    const cookie = cookieOf(await ask("POST", "/login", json, JSON.stringify({ key: api.key })));
    const path = `/api/v1/sweeps/${mine.sweep}/cancel`;
    const response = await ask("POST", path, { cookie, ...headers });
    expect(await problemOf(response)).toMatchObject({ status: 403, code: "forbidden" });
    expect((await api.client.sweeps.get(mine.sweep)).state).toBe("running");
  });

  test("another site can't log a browser in", async () => {
    const headers = { ...json, "sec-fetch-site": "cross-site" };
    const response = await ask("POST", "/login", headers, JSON.stringify({ key: api.key }));
    expect(response.status).toBe(403);
  });

  test("end with the key that began them", async () => {
    const { key, secret } = await api.client.keys.create({ name: "gone", scopes: ["read"] });
    const cookie = cookieOf(await ask("POST", "/login", json, JSON.stringify({ key: secret })));
    await api.client.keys.revoke(key.id);
    expect((await ask("GET", "/api/v1/me", { cookie })).status).toBe(401);
  });

  test("too many wrong keys have to wait, and a wrong body says what is wrong", async () => {
    const wrong = await ask("POST", "/login", json, '{"name": "x"}');
    expect((await problemOf(wrong)).errors).toContainEqual(
      expect.objectContaining({ path: "key" }),
    );
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++)
      statuses.push((await ask("POST", "/login", json, '{"key": "swy_wrong"}')).status);
    expect(statuses.slice(0, 8)).toEqual(Array(8).fill(401));
    expect(statuses.at(-1)).toBe(429);
    // An API key in a header is not a log-in.
    expect(await api.client.me.get()).toBeDefined();
  });
});

describe("open to everybody", () => {
  test.each([
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/docs/swagger-ui-bundle.js",
    "/docs/start.js",
    "/problems",
    "/problems/not_found",
  ])("%s", async (path) => {
    const response = await requestOf(api, null)("GET", path);
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  test("pages run no inline script and load nothing from elsewhere", async () => {
    const page = await requestOf(api, null)("GET", "/docs");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  test("a dashboard that is not built says how to build it", async () => {
    const response = await requestOf(api, null)("GET", "/sweeps", {
      headers: { accept: "text/html" },
    });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("pnpm --filter @sweepyard/dashboard build");
  });

  test("an unknown path is a 404 problem", async () => {
    const response = await requestOf(api, null)("GET", "/nothing.js");
    expect(await problemOf(response)).toMatchObject({ status: 404 });
  });
});

describe("Bull Board", () => {
  test("sends a browser without a session to the log-in, and anyone else a 401", async () => {
    const page = await requestOf(api, null)("GET", "/queues", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("location")]).toEqual([303, "/"]);
    const call = await requestOf(api, null)("GET", "/queues/api/queues");
    expect(await problemOf(call)).toMatchObject({ status: 401 });
    const weak = await requestOf(api, await api.makeKey(["read", "promote"]))("GET", "/queues");
    expect(await problemOf(weak)).toMatchObject({ status: 403 });
  });

  test("shows the queues and their jobs", async () => {
    const request = requestOf(api, await api.makeKey(["submit"]));
    const page = await request("GET", "/queues");
    expect(page.status).toBe(200);
    const html = await page.text();
    const [, script = ""] = /<script[^>]* src="([^"]+)"/.exec(html) ?? [];
    expect((await request("GET", `/queues/${script}`)).status).toBe(200);
    const answer = (await (await request("GET", "/queues/api/queues")).json()) as {
      queues: { name: string }[];
    };
    expect(answer.queues.map(({ name }) => name).sort()).toEqual([
      "commands",
      "control",
      "training",
    ]);
  });
});
