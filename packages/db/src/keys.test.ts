import { ApiKeyView, newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { authenticate, createKey, listKeys, revokeKey } from "./keys.js";
import { ensureProject } from "./projects.js";
import {
  authenticateSession,
  consumeLoginLink,
  createLoginLink,
  createSession,
  endSession,
} from "./sessions.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  projectId = (await ensureProject(database.db, "tests")).id;
});
afterAll(() => database?.drop());

const makeKey = (name = "a key") =>
  createKey(database.db, projectId, { name, scopes: ["read", "submit", "read"], expiresInDays: 1 });

const past = (keyId: string) => database.db.prisma.$executeRaw`
  update api_keys set expires_at = now() - interval '1 second' where id = ${keyId}::uuid`;

test("a project is made once, however many ask at once", async () => {
  const made = await Promise.all(
    Array.from({ length: 10 }, () => ensureProject(database.db, "shared")),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
});

test("a key opens its project, and its secret is stored nowhere", async () => {
  const { db } = database;
  const { key, secret } = await makeKey("laptop");
  expect(ApiKeyView.parse(key)).toEqual(key);
  expect(secret).toMatch(/^swy_[\w-]{43}$/);
  expect(secret.startsWith(key.prefix)).toBe(true);
  expect(await authenticate(db, secret)).toEqual({
    projectId,
    projectName: "tests",
    keyId: key.id,
    keyName: "laptop",
    scopes: ["read", "submit"],
  });
  const row = await db.prisma.apiKey.findUniqueOrThrow({ where: { id: key.id } });
  expect(JSON.stringify(row)).not.toContain(secret.slice(9));
  for (const wrong of ["", "swy_", `${secret}x`, secret.slice(0, -1), row.secretHash])
    expect(await authenticate(db, wrong)).toBeNull();
});

test("use is noted at most once a minute", async () => {
  const { db } = database;
  const { key, secret } = await makeKey();
  const lastUse = async () =>
    (await db.prisma.apiKey.findUniqueOrThrow({ where: { id: key.id } })).lastUsedAt;
  expect(await lastUse()).toBeNull();
  await authenticate(db, secret);
  const first = await lastUse();
  expect(first).not.toBeNull();
  await authenticate(db, secret);
  expect(await lastUse()).toEqual(first);
  await db.prisma.$executeRaw`
    update api_keys set last_used_at = now() - interval '2 minutes' where id = ${key.id}::uuid`;
  await authenticate(db, secret);
  expect((await lastUse())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0);
});

test("an expired key opens nothing, nor do its sessions and links", async () => {
  const { db } = database;
  const { key, secret } = await makeKey();
  const session = await createSession(db, key.id);
  const link = await createLoginLink(db, key.id);
  await past(key.id);
  expect(await authenticate(db, secret)).toBeNull();
  expect(await authenticateSession(db, session.token)).toBeNull();
  expect(await consumeLoginLink(db, link.token)).toBeNull();
  await expect(createSession(db, key.id)).rejects.toMatchObject({ code: "unauthorized" });
});

test("a revoked key is gone with its sessions, and cannot be revoked by another project", async () => {
  const { db } = database;
  const { key, secret } = await makeKey("to be revoked");
  const session = await createSession(db, key.id);
  await expect(revokeKey(db, newId(), key.id)).rejects.toMatchObject({ code: "not_found" });
  await revokeKey(db, projectId, key.id);
  expect(await authenticate(db, secret)).toBeNull();
  expect(await authenticateSession(db, session.token)).toBeNull();
  expect((await listKeys(db, projectId)).map(({ name }) => name)).not.toContain("to be revoked");
  await expect(revokeKey(db, projectId, key.id)).rejects.toMatchObject({ code: "not_found" });
});

test("a log-in link works once, even when two browsers race, and for five minutes", async () => {
  const { db } = database;
  const { key } = await makeKey();
  const { token, expiresAt } = await createLoginLink(db, key.id);
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(5 * 60_000);
  const used = await Promise.all([1, 2, 3, 4].map(() => consumeLoginLink(db, token)));
  expect(used.filter((principal) => principal !== null)).toMatchObject([{ keyId: key.id }]);

  const late = await createLoginLink(db, key.id);
  await db.prisma.$executeRaw`update login_links set expires_at = now() - interval '1 second'`;
  expect(await consumeLoginLink(db, late.token)).toBeNull();
});

test("a session carries its key's scopes until it ends", async () => {
  const { db } = database;
  const { key } = await makeKey("browser");
  const { token } = await createSession(db, key.id);
  expect(await authenticateSession(db, token)).toMatchObject({
    keyName: "browser",
    scopes: ["read", "submit"],
  });
  await endSession(db, token);
  expect(await authenticateSession(db, token)).toBeNull();
  expect(await authenticateSession(db, "")).toBeNull();
});
