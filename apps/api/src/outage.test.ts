import { connect, createServer, type Socket } from "node:net";
import { connect as connectDb } from "@sweepyard/db";
import { expect, inject, test } from "vitest";
import { toAppError } from "./problem.js";
import { startTestApi } from "./testing/startTestApi.js";

/** Passes bytes on to Postgres until it is cut. */
async function cuttable(target: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on("error", () => {}).on("close", () => sockets.delete(end));
    }
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: String(typeof address === "object" ? address?.port : ""),
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test("a Postgres that goes away is unavailable, not a fault of ours", async () => {
  const api = await startTestApi();
  const url = new URL(api.databaseUrl);
  const line = await cuttable(new URL(inject("postgresUrl")));
  url.port = line.port;
  url.hostname = "127.0.0.1";
  const db = connectDb({ url: url.href, pool: 2 });
  try {
    expect(await db.prisma.project.count()).toBe(1);
    line.cut();
    for (let i = 0; i < 3; i++) {
      const error = await db.prisma.project.count().catch((e: unknown) => e);
      expect(toAppError(error)).toMatchObject({ code: "unavailable" });
    }
  } finally {
    await db.close();
    await api.stop();
  }
});

test("a Postgres too slow to give a connection in time is unavailable", async () => {
  const api = await startTestApi();
  const db = connectDb({ url: api.databaseUrl, pool: 1 });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  try {
    let isHeld = () => {};
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const holding = db.prisma.$transaction(async () => {
      isHeld();
      await released;
    });
    await held;
    const error = await db.prisma
      .$transaction(async () => {}, { maxWait: 50 })
      .catch((e: unknown) => e);
    expect(toAppError(error)).toMatchObject({ code: "unavailable" });
    release();
    await holding;
  } finally {
    release();
    await db.close();
    await api.stop();
  }
});

test("a Postgres that is silent in the middle of a statement is unavailable", async () => {
  const api = await startTestApi();
  const db = connectDb({ url: api.databaseUrl, pool: 1, silenceMs: 1_000 });
  try {
    const error = await db.prisma.$queryRaw`select pg_sleep(30)::text`.catch((e: unknown) => e);
    expect(toAppError(error)).toMatchObject({ code: "unavailable" });
  } finally {
    await db.close();
    await api.stop();
  }
});

test("a full disk of Postgres is told as such", async () => {
  const api = await startTestApi();
  try {
    const error = await api.db.prisma
      .$executeRawUnsafe(`
      do $$ begin
        raise exception using errcode = '53100',
          message = 'could not extend file "base/1/2": No space left on device';
      end $$`)
      .catch((e: unknown) => e);
    expect(toAppError(error)).toMatchObject({ code: "storage_full" });
  } finally {
    await api.stop();
  }
});

test("other faults of a query stay faults of ours, and their words stay in the log", async () => {
  const api = await startTestApi();
  try {
    const error = await api.db.prisma.$queryRawUnsafe("select secret").catch((e: unknown) => e);
    const { code, message } = toAppError(error);
    expect(code).toBe("internal");
    expect(message).not.toContain("secret");
  } finally {
    await api.stop();
  }
});
