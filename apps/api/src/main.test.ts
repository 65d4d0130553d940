import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { createClient } from "@sweepyard/client";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

/** These run the built programs: build this package first. */
const dist = (name: string) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));

let api: TestApi;
let env: Record<string, string>;
beforeAll(async () => {
  api = await startTestApi();
  await api.db.prisma.$executeRawUnsafe("drop database if exists unmigrated");
  await api.db.prisma.$executeRawUnsafe("create database unmigrated");
  env = {
    DATABASE_URL: api.databaseUrl,
    REDIS_URL: inject("redisUrl"),
    QUEUE_PREFIX: "{main-test}",
    ARTIFACTS_DIR: api.artifactsDir,
    API_PORT: "0",
    SWEEPYARD_PARENT: "1",
    LOG_LEVEL: "info",
  };
});
afterAll(async () => {
  await api.db.prisma.$executeRawUnsafe("drop database unmigrated with (force)");
  await api.stop();
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; error: string }>;
}

function start(name: string, args: string[], changes: Record<string, string | undefined>): Started {
  const child = fork(dist(name), args, {
    env: { PATH: process.env.PATH, ...env, ...changes },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  children.push(child);
  let out = "";
  let error = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    error += text;
  });
  const ended = once(child, "exit").then(([code]) => ({ code: code as number | null, out, error }));
  return { child, ended };
}

async function serve(args: string[] = []) {
  const started = start("main.js", args, {});
  const [message] = await Promise.race([
    once(started.child, "message"),
    started.ended.then(({ error }) => Promise.reject(new Error(error))),
  ]);
  return { ...started, message: message as { kind: string; url: string } };
}

describe("the server", () => {
  test("tells its parent where it listens, and ends streams and itself when the parent goes", async () => {
    const { child, ended, message } = await serve();
    expect(message).toEqual({
      kind: "ready",
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    const client = createClient({ baseUrl: message.url, apiKey: api.key });
    expect((await client.me.get()).project.name).toBe("default");
    const link = await client.session.createLink();
    expect(link.url.startsWith(`${message.url}/login?token=`)).toBe(true);

    const stream = await fetch(`${message.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${api.key}` },
    });
    child.disconnect();
    expect(await stream.text()).toContain("event: cursor"); // a whole answer: it was ended, not cut
    expect(await ended).toMatchObject({ code: 0 });
  });

  test("with --role predict does nothing but predict", async () => {
    const { child, ended, message } = await serve(["--role", "predict"]);
    const ask = async (method: string, path: string) => {
      const headers = { authorization: `Bearer ${api.key}`, "content-type": "application/json" };
      const body = method === "POST" ? '{"instances": [[1]]}' : null;
      const response = await fetch(`${message.url}${path}`, { method, headers, body });
      const { detail = "" } = (await response.json()) as { detail?: string };
      return `${response.status} ${detail}`;
    };
    expect(await ask("GET", "/readyz")).toBe("200 ");
    expect(await ask("GET", "/v2/health/ready")).toBe("200 ");
    expect(await ask("POST", "/api/v1/models/none/predict")).toMatch(/^404 .*no model "none"/);
    expect(await ask("GET", "/api/v1/models")).toMatch(/^404 /);
    expect(await ask("GET", "/")).toMatch(/^404 .*only predicts/);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  });

  test("stops in good order on SIGTERM", async () => {
    const { child, ended } = await serve();
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0, error: "" });
  });
});

describe("what keeps it from starting is told in one line, with exit status 1", () => {
  async function failure(
    changes: Record<string, string | undefined>,
    name = "main.js",
    args: string[] = [],
  ) {
    const { code, error } = await start(name, args, changes).ended;
    expect(code).toBe(1);
    const lines = error.trim().split("\n");
    expect(lines, error).toHaveLength(1);
    return lines[0] ?? "";
  }

  test("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = String(typeof address === "object" ? address?.port : "");
    try {
      expect(await failure({ API_PORT: port })).toMatch(`port ${port} of 127.0.0.1 is in use`);
    } finally {
      other.close();
    }
  });

  test("a role that there is not", async () => {
    expect(await failure({}, "main.js", ["--role", "train"])).toContain("none of api, predict");
  });

  test("no Redis", async () => {
    expect(await failure({ REDIS_URL: "redis://127.0.0.1:1" })).toContain("Redis");
  });

  test("no Postgres", async () => {
    const DATABASE_URL = "postgres://nobody:x@127.0.0.1:1/none";
    expect(await failure({ DATABASE_URL })).toContain("Postgres at 127.0.0.1:1 does not answer");
    expect(await failure({ DATABASE_URL }, "admin.js", ["migrate"])).toContain("Postgres");
    const args = ["create-key", "--name", "x"];
    expect(await failure({ DATABASE_URL }, "admin.js", args)).toContain("Postgres");
  });

  test("a database that is not migrated", async () => {
    const DATABASE_URL = api.databaseUrl.replace(/\/[^/?]+(\?|$)/, "/unmigrated$1");
    expect(await failure({ DATABASE_URL })).toContain("admin.js migrate");
  });

  test("an artifact folder that can't be made", async () => {
    expect(await failure({ ARTIFACTS_DIR: "/dev/null/artifacts" })).toContain("ARTIFACTS_DIR");
  });

  test("settings that are missing or wrong", async () => {
    const line = await failure({ DATABASE_URL: undefined, API_PORT: "many" });
    expect(line).toMatch(/DATABASE_URL.*API_PORT/);
  });
});

describe("the admin command", () => {
  test("migrates once, and makes keys that work", async () => {
    const DATABASE_URL = api.databaseUrl.replace(/\/[^/?]+(\?|$)/, "/unmigrated$1");
    const first = await start("admin.js", ["migrate"], { DATABASE_URL }).ended;
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^applied /) });
    const second = await start("admin.js", ["migrate"], { DATABASE_URL }).ended;
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining("up to date") });

    const args = ["create-key", "--project", "new", "--name", "x", "--scopes", "read,predict"];
    const made = await start("admin.js", [...args, "--expires-days", "2", "--json"], {}).ended;
    const { secret, key } = JSON.parse(made.out) as { secret: string; key: { expiresAt: string } };
    expect(Date.parse(key.expiresAt)).toBeGreaterThan(Date.now() + 86_400_000);
    const me = await createClient({ baseUrl: api.url, apiKey: secret }).me.get();
    expect(me).toMatchObject({ project: { name: "new" }, key: { scopes: ["read", "predict"] } });

    const plain = await start("admin.js", args, {}).ended;
    const plainKey = createClient({ baseUrl: api.url, apiKey: plain.out.trim() });
    expect((await plainKey.me.get()).project.name).toBe("new");
  });

  test.each([
    [["create-key"], /name/],
    [["create-key", "--name", "x", "--scopes", "read,fly"], /scopes\.1/],
    [["create-key", "--name", "x", "--expires-days", "soon"], /expiresInDays/],
    [["create-key", "--nme", "x"], /--nme/],
    [["grate"], /grate is no command/],
  ])("refuses %j", async (args, words) => {
    const { code, error } = await start("admin.js", args, {}).ended;
    expect(code).toBe(1);
    expect(error).toMatch(words);
  });
});
