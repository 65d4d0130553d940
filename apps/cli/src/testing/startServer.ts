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
  /** DATABASE_URL and ARTIFACTS_DIR, as a person who looks after it would set them. */
  readonly stores: { readonly DATABASE_URL: string; readonly ARTIFACTS_DIR: string };
  stop(): Promise<void>;
}

/**
 * The built API and a worker of one slot, as processes, on stores of their own.
 * @param prepare does something to the stores, empty but migrated, before anything uses them.
 */
export async function startServer(
  prepare: (stores: TestServer["stores"]) => Promise<void> = async () => {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
  const database = await createTestDatabase(inject("postgresUrl"), { pool: 1 });
  const stores = { DATABASE_URL: database.url, ARTIFACTS_DIR: join(folder, "artifacts") };
  await prepare(stores);
  const env = {
    ...process.env,
    ...stores,
    REDIS_URL: inject("redisUrl"),
    QUEUE_PREFIX: `{cli-${newId()}}`,
    API_PORT: "0",
    SLOTS: "1",
    THREADS: "1",
    WEBHOOK_PRIVATE_ADDRESSES: "allow", // receivers are on this machine
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
    return { url, apiKey: secret, folder, stores, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
