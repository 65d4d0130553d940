import type { Socket } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import { AppError } from "@sweepyard/contract";
import pg from "pg";
import { ArtifactStore } from "./artifactStore.js";
import { type Prisma, PrismaClient } from "./generated/client.js";
import { createStatementNames } from "./statementNames.js";

export interface ConnectOptions {
  /** postgres:// address. */
  readonly url: string;
  /** Most connections at one time. */
  readonly pool: number;
  /**
   * A connection on which nothing is heard for so long in the middle of a statement is given up.
   * Default: 40 s, longer than any statement may take.
   */
  readonly silenceMs?: number;
  /** Folder of the artifact store; without it `db.artifacts` throws. */
  readonly artifactsDir?: string;
}

/** An open database. Every function of this package takes one first. */
export interface Db {
  readonly prisma: PrismaClient;
  /** @throws {AppError} `internal` if `connect` was given no artifactsDir. */
  readonly artifacts: ArtifactStore;
  close(): Promise<void>;
}

/** A transaction, or the client itself where one statement is enough. */
export type Tx = Prisma.TransactionClient;

/**
 * Opens a pool of connections; the first is made when it is needed.
 * Statements wait at most 10 s for a connection, and a transaction lasts at most 30 s.
 */
export function connect(options: ConnectOptions): Db {
  const { artifactsDir } = options;
  // A connection that dies while idle is replaced; whoever uses one meets the error itself.
  const adapter = new PrismaPg(openPool(options), {
    disposeExternalPool: true,
    onPoolError: () => {},
    onConnectionError: () => {},
    statementNameGenerator: createStatementNames(),
  });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
  const artifacts = artifactsDir === undefined ? undefined : new ArtifactStore(artifactsDir);
  return {
    prisma,
    get artifacts() {
      if (artifacts) return artifacts;
      throw new AppError("internal", "connect() was given no artifactsDir, so there are no files");
    },
    close: () => prisma.$disconnect(),
  };
}

function openPool({ url, pool: max, silenceMs = 40_000 }: ConnectOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    // A process that freezes, or a machine that vanishes, in mid-transaction would keep its
    // locks, and nobody could take its runs over.
    idle_in_transaction_session_timeout: 10_000,
    application_name: "sweepyard",
  });
  pool.on("connect", (client) => giveUpSilence(client, silenceMs));
  return pool;
}

/**
 * A server that vanished without a word (its machine, or a route to it) answers nothing and
 * refuses nothing: the kernel would try for a quarter of an hour. pg's own query_timeout rejects
 * the statement and puts the dead connection back into the pool.
 */
function giveUpSilence(client: pg.PoolClient, silenceMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.setTimeout(silenceMs, () => {
    stream.destroy(new Error(`Postgres has not answered for ${silenceMs / 1000} s`));
  });
}
