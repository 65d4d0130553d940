import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@sweepyard/client";
import { AppError, type Id, Problem, type Scope } from "@sweepyard/contract";
import { connect, createKey, type Db, ensureProject } from "@sweepyard/db";
import { createTestDatabase } from "@sweepyard/db/testing";
import type {} from "@sweepyard/local/testing";
import { createQueues, type Queues, subscribeHints } from "@sweepyard/queue";
import { SweepDecider } from "@sweepyard/search";
import { pino } from "pino";
import { expect, inject } from "vitest";
import { AskTellCalls } from "../askTell/askTellCalls.js";
import { createApp } from "../createApp.js";
import { EventHub } from "../eventHub.js";
import { ImportanceAnalyst } from "../importance/importanceAnalyst.js";
import { WinnerPromoter } from "../models/winnerPromoter.js";
import { startPredicting } from "../predict/startPredicting.js";
import { shareEvents } from "../sharedEvents.js";

export interface TestApi {
  readonly url: string;
  readonly db: Db;
  readonly queues: Queues;
  readonly artifactsDir: string;
  readonly databaseUrl: string;
  readonly projectId: Id;
  /** What the server has logged, line by line. */
  readonly logged: string[];
  /** Has every scope. */
  readonly client: Client;
  readonly key: string;
  /** A key's secret, of the default project unless another is named. */
  makeKey(scopes: readonly Scope[], project?: string): Promise<string>;
  /** Judges the winners of completed sweeps, as the server does by itself. */
  promoteWinners(): Promise<void>;
  /** Number of rows of every table, to show that nothing was stored. */
  rowCounts(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export interface TestApiOptions {
  readonly maxUploadBytes?: number;
  readonly privateWebhooks?: boolean;
  readonly redisUrl?: string;
  readonly dashboardDir?: string;
  /** Another process of the same system: its stores, and its keys. */
  readonly over?: Pick<TestApi, "databaseUrl" | "artifactsDir">;
}

const EVERY_SCOPE: readonly Scope[] = ["read", "submit", "promote", "predict", "admin"];

/** The API on a free port, over a database, a queue prefix and an artifact folder of its own. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { db, url: databaseUrl, artifactsDir, leave } = await openStores(options.over);
  const redisUrl = options.redisUrl ?? inject("redisUrl");
  const address = { redisUrl, prefix: `{api-${randomUUID()}}` };
  const queues = createQueues({ ...address, timeoutMs: 2_000 });
  const hub = new EventHub();
  const hints = subscribeHints(address, (projectId) => hub.wake(projectId));
  const analyst = new ImportanceAnalyst();
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  const predicting = startPredicting({ db, log, stopping: stopping.signal }, 256 * 1024 * 1024);
  const deps = { db, queues, hub, log, stopping: stopping.signal };
  const promoter = new WinnerPromoter({ ...deps, ...predicting }, 1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on(
    "request",
    createApp({
      db,
      queues,
      hub,
      events: shareEvents(db),
      ...predicting,
      analyst,
      askTell: new AskTellCalls(db, new SweepDecider()),
      log,
      stopping: stopping.signal,
      publicUrl: () => url,
      trustedProxies: 0,
      version: "0.0.0-test",
      maxUploadBytes: options.maxUploadBytes ?? 1024 * 1024,
      privateWebhooks: options.privateWebhooks ?? false,
      maxParameters: 50_000_000,
      exportPython: process.env.SWEEPYARD_TENSORFLOW_PYTHON,
      dashboardDir: options.dashboardDir ?? join(artifactsDir, "no-dashboard"),
      heartbeatMs: 200,
      stuckMs: 500,
      checkAnswers: true,
    }),
  );
  if (options.redisUrl === undefined) await queues.ping();

  const makeKey = async (scopes: readonly Scope[], project = "default") => {
    const { id } = await ensureProject(db, project);
    const { secret } = await createKey(db, id, { name: scopes.join("+"), scopes: [...scopes] });
    return secret;
  };
  const { id: projectId } = await ensureProject(db, "default");
  const key = await makeKey(EVERY_SCOPE);

  return {
    url,
    db,
    queues,
    artifactsDir,
    databaseUrl,
    projectId,
    logged,
    key,
    client: createClient({ baseUrl: url, apiKey: key }),
    makeKey,
    promoteWinners: () => promoter.look(),
    async rowCounts() {
      const tables = await db.prisma.$queryRaw<{ name: string }[]>`
        select table_name as name from information_schema.tables
        where table_schema = 'public' and table_name not like '\_%' order by 1`;
      const counts: Record<string, number> = {};
      for (const { name } of tables) {
        const [row] = await db.prisma.$queryRawUnsafe<{ rows: number }[]>(
          `select count(*)::int as rows from "${name}"`,
        );
        counts[name] = row?.rows ?? -1;
      }
      return counts;
    },
    async stop() {
      stopping.abort(new AppError("unavailable", "the test is over"));
      server.closeIdleConnections();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      hints.close();
      await promoter.close();
      await predicting.close();
      await analyst.close();
      await queues.close();
      await leave();
    },
  };
}

/** Stores of its own, dropped at the end; or another one's. */
async function openStores(over: TestApiOptions["over"]) {
  if (over !== undefined) {
    const { databaseUrl: url, artifactsDir } = over;
    const db = connect({ url, pool: 5, artifactsDir });
    return { db, url, artifactsDir, leave: () => db.close() };
  }
  const artifactsDir = await mkdtemp(join(tmpdir(), "sweepyard-api-"));
  const { db, url, drop } = await createTestDatabase(inject("postgresUrl"), { artifactsDir });
  const leave = async () => {
    await drop();
    await rm(artifactsDir, { recursive: true, force: true });
  };
  return { db, url, artifactsDir, leave };
}

/** Fetches without the client, as curl would. */
export function requestOf(api: TestApi, key: string | null = api.key) {
  return (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${api.url}${path}`, {
      ...init,
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(init.headers as Record<string, string> | undefined),
      },
      redirect: "manual",
    });
}

/** The problem in an answer, checked against the contract and its own headers. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers.get("x-request-id"));
  return problem;
}
