import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { homeFolder } from "./homeFolder.js";
import { startPostgres } from "./postgres.js";
import { startRedis } from "./redis.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's address on a Postgres of this run alone: make a database of your own there. */
    postgresUrl: string;
    /** A Redis of this run alone: use a key prefix of your own. */
    redisUrl: string;
  }
}

interface TestServers {
  readonly postgresUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** Shared by every project of one vitest run that lists this file as a globalSetup. */
const shared = globalThis as typeof globalThis & {
  sweepyardTestServers?: { users: number; servers: Promise<TestServers> };
};

/** For vitest's `globalSetup`: starts one Postgres and one Redis for the whole run. */
export async function setup(project: TestProject): Promise<void> {
  shared.sweepyardTestServers ??= { users: 0, servers: startTestServers() };
  shared.sweepyardTestServers.users += 1;
  const { postgresUrl, redisUrl } = await shared.sweepyardTestServers.servers;
  project.provide("postgresUrl", postgresUrl);
  project.provide("redisUrl", redisUrl);
}

export async function teardown(): Promise<void> {
  const held = shared.sweepyardTestServers;
  if (held === undefined || --held.users > 0) return;
  delete shared.sweepyardTestServers;
  await (await held.servers).stop();
}

async function startTestServers(): Promise<TestServers> {
  const dir = await mkdtemp(join(tmpdir(), "sweepyard-test-"));
  // Ctrl-C leaves no time for teardown. The servers end by themselves; their folder would stay.
  const removeFolder = () => rmSync(dir, { recursive: true, force: true });
  process.once("exit", removeFolder);
  const [postgres, redis] = await Promise.allSettled([
    startPostgres({
      dir: join(dir, "postgres"),
      // Durability is for data that somebody wants back.
      settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
    }),
    startRedis({
      dir: join(dir, "redis"),
      cacheDir: resolve(homeFolder(), "cache", "redis"),
      env: { PATH: process.env.PATH }, // never somebody's REDIS_URL
    }),
  ]);
  async function stop() {
    for (const started of [redis, postgres])
      if (started.status === "fulfilled") await started.value.stop();
    await rm(dir, { recursive: true, force: true });
    process.off("exit", removeFolder);
  }
  if (postgres.status === "fulfilled" && redis.status === "fulfilled")
    return { postgresUrl: postgres.value.url, redisUrl: redis.value.url, stop };
  await stop();
  for (const failed of [postgres, redis]) if (failed.status === "rejected") throw failed.reason;
  throw new Error("unreachable: one of the two was rejected");
}
