import { createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, inject, test } from "vitest";
import { homeFolder } from "./homeFolder.js";
import { startRedis } from "./redis.js";
import { temporaryFolder } from "./temporaryFolder.js";

const cacheDir = join(homeFolder(), "cache", "redis");
const env = { PATH: process.env.PATH };

test("keeps what was written for the next start, evicts nothing, and asks for the password", async () => {
  await using home = await temporaryFolder();
  const first = await startRedis({ dir: home.path, cacheDir, env });
  const writer = new Redis(first.url);
  await writer.set("kept", "yes");
  expect(await writer.config("GET", "maxmemory-policy")).toEqual([
    "maxmemory-policy",
    "noeviction",
  ]);
  await writer.quit();
  await first.stop();

  const second = await startRedis({ dir: home.path, cacheDir, env });
  const reader = new Redis(second.url);
  const { hostname, port } = new URL(second.url);
  const stranger = new Redis({ host: hostname, port: Number(port) });
  stranger.on("error", () => {}); // it is refused at the door, too
  try {
    expect(await reader.get("kept")).toBe("yes");
    await expect(stranger.get("kept")).rejects.toThrow(/NOAUTH/);
  } finally {
    await reader.quit();
    stranger.disconnect();
    await second.stop();
  }
});

test("takes the Redis of REDIS_URL as it is", async () => {
  await using home = await temporaryFolder();
  const url = inject("redisUrl");
  const service = await startRedis({ dir: home.path, env: { REDIS_URL: url } });
  expect(service.url).toBe(url);
  await service.stop();
  const client = new Redis(url);
  expect(await client.ping()).toBe("PONG");
  await client.quit();
});

test("says so when nothing answers at REDIS_URL", async () => {
  await using home = await temporaryFolder();
  const port = await closedPort();
  await expect(
    startRedis({ dir: home.path, env: { REDIS_URL: `redis://127.0.0.1:${port}` } }),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(new RegExp(`^no Redis answers at 127.0.0.1:${port}`)),
  });
});

test("without any Redis and without Debian's tools it says what to install or set", async () => {
  await using home = await temporaryFolder();
  const path = process.env.PATH;
  process.env.PATH = home.path; // what it runs is looked up here: no apt-get, no dpkg
  try {
    await expect(startRedis({ dir: home.path, env: { PATH: home.path } })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^no Redis: .*no apt-get.*Install Redis.*or set REDIS_URL/),
    });
  } finally {
    process.env.PATH = path;
  }
});

async function closedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
