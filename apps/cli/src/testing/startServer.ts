import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { newId } from "@sweepyard/contract";
import { createTestDatabase } from "@sweepyard/db/testing";
import type {} from "@sweepyard/local/testing";
import { inject } from "vitest";

const apps = resolve(import.meta.dirname, "../../..");

export interface TestServer {
  readonly url: string;
  readonly apiKey: string;
  /** A folder that goes with the server. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The built API and a worker of one slot, as processes, on stores of their own. */
export async function startServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
  const database = await createTestDatabase(inject("postgresUrl"), { pool: 1 });
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    REDIS_URL: inject("redisUrl"),
    QUEUE_PREFIX: `{cli-${newId()}}`,
    ARTIFACTS_DIR: join(folder, "artifacts"),
    API_PORT: "0",
    SLOTS: "1",
    THREADS: "1",
    HEARTBEAT_SECONDS: "0.5", // a cancelled run leaves its slot to the next test soon
    LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
  };
  const scopes = "read,submit,promote,predict,admin";
  const made = await promisify(execFile)(
    process.execPath,
    [
      join(apps, "api/dist/admin.js"),
      "create-key",
      ...["--name", "cli-test", "--scopes", scopes, "--json"],
    ],
    { env },
  );
  const { secret } = JSON.parse(made.stdout) as { secret: string };
  const children: ChildProcess[] = [];
  const launch = async (app: string): Promise<unknown> => {
    const child = fork(join(apps, app, "dist/main.js"), { env, stdio: "inherit" });
    children.push(child);
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`apps/${app} ended with ${code} before it was ready`);
    });
    const [ready] = await Promise.race([once(child, "message"), died]);
    return ready;
  };
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { url } = (await launch("api")) as { url: string };
    await launch("worker");
    return { url, apiKey: secret, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
