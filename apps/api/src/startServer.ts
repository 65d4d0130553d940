import { setMaxListeners } from "node:events";
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { type ApiSettings, AppError } from "@sweepyard/contract";
import { connect, type Db, pendingMigrations } from "@sweepyard/db";
import { createQueues, subscribeHints } from "@sweepyard/queue";
import { SweepDecider } from "@sweepyard/search";
import type { Logger } from "pino";
import { AskTellCalls } from "./askTell/askTellCalls.js";
import { createApp } from "./createApp.js";
import { createPredictApp } from "./createPredictApp.js";
import { EventHub } from "./eventHub.js";
import { explainDatabaseError } from "./explainDatabaseError.js";
import { ImportanceAnalyst } from "./importance/importanceAnalyst.js";
import { WinnerPromoter } from "./models/winnerPromoter.js";
import { startPredicting } from "./predict/startPredicting.js";
import { sampleQueuesRegularly } from "./queueSampler.js";
import { shareEvents } from "./sharedEvents.js";
import { HEARTBEAT_MS, STUCK_MS } from "./streamEvents.js";
import { version } from "./version.js";

/** `api` serves everything, `predict` predictions alone. */
export const SERVER_ROLES = ["api", "predict"] as const;
export type ServerRole = (typeof SERVER_ROLES)[number];

export interface RunningServer {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly url: string;
  /** Takes no more requests, ends streams, lets the others finish, then closes its connections. */
  stop(): Promise<void>;
}

/** Requests that are still being answered this long after a stop are cut off. */
const GRACE_MS = 10_000;
/** A data set of 512 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
/** Longer than load balancers keep idle connections (60 s), so that they never reuse a closed one. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Connects, checks that the stores are there and migrated, and listens.
 * @throws {AppError} `unavailable` or `conflict` in one line that says what to do.
 */
export async function startServer(
  settings: ApiSettings,
  log: Logger,
  role: ServerRole = "api",
): Promise<RunningServer> {
  const db = connect({
    url: settings.DATABASE_URL,
    pool: settings.DATABASE_POOL,
    artifactsDir: settings.ARTIFACTS_DIR,
  });
  const address = { redisUrl: settings.REDIS_URL, prefix: settings.QUEUE_PREFIX, logger: log };
  const queues = createQueues(address);
  const closers = [() => queues.close(), () => db.close()];
  const close = async () => {
    for (const closer of closers) await closer();
  };
  try {
    await requireWritable(settings.ARTIFACTS_DIR);
    await requireMigrated(db);
    await queues.ping();
    const hub = new EventHub();
    const stopping = new AbortController();
    setMaxListeners(0, stopping.signal); // one for each request under way
    const { models, memory, predictor, traffic, ...predicting } = startPredicting(
      { db, log, stopping: stopping.signal },
      settings.MODEL_CACHE_BYTES,
    );
    const hints = subscribeHints(address, (projectId) => {
      memory.versions.clear(); // an alias may have moved
      hub.wake(projectId);
    });
    const analyst = new ImportanceAnalyst();
    const promoter = new WinnerPromoter({
      ...{ db, queues, hub, predictor, memory, log },
      stopping: stopping.signal,
    });
    const stopSampling = sampleQueuesRegularly(db, log);
    closers.unshift(async () => {
      stopSampling();
      hints.close();
      await promoter.close();
      await predicting.close();
      await analyst.close();
    });
    await predicting.warm();

    const server = createServer();
    const url = await listen(server, settings.API_HOST, settings.API_PORT);
    const publicUrl = (settings.PUBLIC_URL ?? url).replace(/\/+$/, "");
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    const create = role === "predict" ? createPredictApp : createApp;
    server.on(
      "request",
      create({
        db,
        queues,
        hub,
        events: shareEvents(db),
        models,
        predictor,
        memory,
        traffic,
        analyst,
        askTell: new AskTellCalls(db, new SweepDecider()),
        log,
        stopping: stopping.signal,
        publicUrl: () => publicUrl,
        trustedProxies: settings.TRUSTED_PROXIES,
        version,
        maxUploadBytes: settings.MAX_UPLOAD_BYTES,
        privateWebhooks: settings.WEBHOOK_PRIVATE_ADDRESSES === "allow",
        maxParameters: settings.MAX_PARAMETERS,
        exportPython: settings.EXPORT_PYTHON,
        dashboardDir: settings.DASHBOARD_DIR ?? DASHBOARD_DIR,
        heartbeatMs: HEARTBEAT_MS,
        stuckMs: STUCK_MS,
        checkAnswers: false,
      }),
    );
    if (role === "api") promoter.start();
    return {
      url,
      stop: async () => {
        stopping.abort(new AppError("unavailable", "the server is stopping"));
        await closeServer(server);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const DASHBOARD_DIR = fileURLToPath(new URL("../../dashboard/dist", import.meta.url));

async function requireWritable(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("unavailable", `ARTIFACTS_DIR can't be written: ${why}`, { cause });
  }
}

async function requireMigrated(db: Db): Promise<void> {
  const pending = await pendingMigrations(db).catch((error: unknown) => {
    throw explainDatabaseError(error) ?? error;
  });
  if (pending.length > 0)
    throw new AppError(
      "conflict",
      `the database lacks ${pending.length} migrations: run "node apps/api/dist/admin.js migrate"`,
    );
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new AppError(
              "conflict",
              `port ${port} of ${host} is in use: stop what listens there, or set API_PORT to another (0 takes a free one)`,
              { cause: error },
            )
          : new AppError("unavailable", `can't listen on ${host}:${port}: ${error.message}`, {
              cause: error,
            }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${bound}`);
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Connections that turn idle while the rest finishes would otherwise be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
