import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy } from "@sweepyard/local/storeProxy";
import type {} from "@sweepyard/local/testing";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { connect } from "./connect.js";
import { getArtifact } from "./getArtifact.js";
import { addRun, claim, report, seedProject } from "./testFixture.js";
import { createTestDatabase } from "./testing.js";
import { unreferencedFiles } from "./unreferencedFiles.js";

test("close leaves no connection behind", async () => {
  const { db, url, drop } = await createTestDatabase(inject("postgresUrl"));
  const { projectId } = await seedProject(db);
  await Promise.all(Array.from({ length: 10 }, () => addRun(db, projectId)));
  await db.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const others = async () => {
    const { rows } = await client.query(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    return rows[0].n;
  };
  // A server process outlives its closed socket by a moment.
  await expect.poll(others, { timeout: 5_000 }).toBe(0);
  await client.end();
  await drop();
});

/** prisma/prisma#29719: a frozen loop let a transaction's connection go back to the pool open. */
test("a loop frozen for longer than maxWait leaks no open transaction into the pool", async () => {
  const { url, drop } = await createTestDatabase(inject("postgresUrl"));
  const db = connect({ url, pool: 2 });
  const { projectId } = await seedProject(db);
  const impatient = { maxWait: 50, timeout: 5_000 };
  const add = (index: number) =>
    db.prisma.$transaction(async (tx) => {
      await tx.project.update({ where: { id: projectId }, data: { nextRunNumber: index } });
    }, impatient);
  const adding = Promise.allSettled(Array.from({ length: 12 }, (_, index) => add(index)));
  const until = performance.now() + 400;
  while (performance.now() < until);
  await adding;
  const open = await db.prisma.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`;
  expect(open).toEqual([{ n: 0 }]);
  // Each connection of the pool commits what it writes.
  await Promise.all([addRun(db, projectId), addRun(db, projectId)]);
  const other = connect({ url, pool: 1 });
  expect(await other.prisma.run.count()).toBe(2);
  await other.close();
  await db.close();
  await drop();
});

test("a server that vanished without a word is given up, and another connection is made", async () => {
  const { url, drop } = await createTestDatabase(inject("postgresUrl"));
  const wire = await startProxy(url);
  const db = connect({ url: wire.url, pool: 1, silenceMs: 1_000 });
  expect(await db.prisma.project.count()).toBe(0);
  wire.halfOpen();
  await expect(db.prisma.project.count()).rejects.toThrow();
  expect(await db.prisma.project.count()).toBe(0);
  await db.close();
  await wire.close();
  await drop();
});

test("a transaction that throws is rolled back and gives its connection back", async () => {
  const { url, drop } = await createTestDatabase(inject("postgresUrl"));
  const db = connect({ url, pool: 1 });
  for (let round = 0; round < 5; round++)
    await expect(
      db.prisma.$transaction(async (tx) => {
        await tx.project.create({ data: { id: crypto.randomUUID(), name: "never" } });
        throw new Error("thrown inside");
      }),
    ).rejects.toThrow("thrown inside");
  expect(await db.prisma.project.count()).toBe(0);
  await db.close();
  await drop();
});

test("an artifact's path leads to its file; without one it is not found", async () => {
  const artifactsDir = await mkdtemp(join(tmpdir(), "artifacts-"));
  const { db, drop } = await createTestDatabase(inject("postgresUrl"), { artifactsDir });
  const { projectId, workerId } = await seedProject(db);
  const { id } = await addRun(db, projectId);
  const checkpoint = await db.artifacts.put(Buffer.from("a checkpoint"));
  await report(db, await claim(db, id, workerId), 1, 0.5, { checkpoint });
  const row = await db.prisma.artifact.findFirstOrThrow({ where: { runId: id } });
  expect(await getArtifact(db, projectId, row.id)).toMatchObject({
    kind: "checkpoint",
    ...checkpoint,
    path: db.artifacts.path(checkpoint.sha256),
  });
  await expect(getArtifact(db, crypto.randomUUID(), row.id)).rejects.toThrow("no artifact");
  const unknown = "0".repeat(64);
  expect(await unreferencedFiles(db, [unknown, checkpoint.sha256])).toEqual([unknown]);
  await db.artifacts.remove(checkpoint.sha256);
  await expect(getArtifact(db, projectId, row.id)).rejects.toMatchObject({ code: "not_found" });
  await drop();
  await rm(artifactsDir, { recursive: true });
});
