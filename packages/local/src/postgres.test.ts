import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "./postgres.js";
import { temporaryFolder } from "./temporaryFolder.js";

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("a second start finds what the first one stored, under the same password", async () => {
  await using home = await temporaryFolder();
  const first = await startPostgres({ dir: home.path });
  await query(first.url, "create table kept as select 7 as n");
  await first.stop();

  const second = await startPostgres({ dir: home.path });
  try {
    expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
    expect(await query(second.url, "show server_version_num")).toEqual([
      { server_version_num: expect.stringMatching(/^18/) },
    ]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect((await stat(join(home.path, "password"))).mode & 0o777).toBe(0o600);
    const wrong = second.url.replace(/:[^:@]+@/, ":wrong@");
    await expect(query(wrong, "select 1")).rejects.toThrow(/password authentication failed/);
  } finally {
    await second.stop();
  }
});

test("a pid file that names somebody else's process is no obstacle, and that process lives on", async () => {
  await using home = await temporaryFolder();
  await (await startPostgres({ dir: home.path })).stop();
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(stranger, "spawn");
  await writeFile(join(home.path, "data", "postmaster.pid"), `${stranger.pid}\n`);
  try {
    const server = await startPostgres({ dir: home.path });
    await server.stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill();
  }
});

test("a server left over from an earlier start on the same folder is stopped first", async () => {
  await using home = await temporaryFolder();
  const first = await startPostgres({ dir: home.path });
  const second = await startPostgres({ dir: home.path });
  try {
    await first.exited;
    expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  } finally {
    await second.stop();
  }
});

test("a port in use gives one clear line", async () => {
  await using home = await temporaryFolder();
  const squatter = createServer().listen(0, "127.0.0.1");
  await once(squatter, "listening");
  const { port } = squatter.address() as { port: number };
  try {
    await expect(startPostgres({ dir: home.path, port })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`^port ${port} .*in use`)),
    });
  } finally {
    squatter.close();
  }
});

test("data of another major version is refused and left alone", async () => {
  await using home = await temporaryFolder();
  await (await startPostgres({ dir: home.path })).stop();
  const version = join(home.path, "data", "PG_VERSION");
  await writeFile(version, "17\n");
  await expect(startPostgres({ dir: home.path })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("made by Postgres 17"),
  });
  expect(await readFile(version, "utf8")).toBe("17\n");
});
