import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ArtifactStore } from "./artifactStore.js";

let dir: string;
let store: ArtifactStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "artifacts-"));
  store = new ArtifactStore(join(dir, "store"));
});
afterEach(() => rm(dir, { recursive: true }));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Every file below the store, half-written ones included. */
const files = async () => {
  const entries = await readdir(store.dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
};

test("bytes are kept under their SHA-256 and read back the same", async () => {
  const bytes = Buffer.from("weights");
  const stored = await store.put(bytes);
  expect(stored).toEqual({ sha256: sha256(bytes), bytes: 7 });
  expect(await buffer(await store.open(stored.sha256))).toEqual(bytes);
  expect(await store.has(stored.sha256)).toBe(true);
  expect(await files()).toEqual([stored.sha256]);
});

test("a stream of any length is stored as what it holds", async () => {
  const chunks = Array.from({ length: 200 }, (_, index) => Buffer.alloc(10_007, index));
  const stored = await store.put(Readable.from(chunks));
  const all = Buffer.concat(chunks);
  expect(stored).toEqual({ sha256: sha256(all), bytes: all.byteLength });
  expect(all.equals(await readFile(store.path(stored.sha256)))).toBe(true);
  expect(await store.put(Readable.from([]))).toEqual({ sha256: sha256(Buffer.alloc(0)), bytes: 0 });
});

test("the same bytes, stored by many at once, are one file", async () => {
  const bytes = Buffer.alloc(100_000, 7);
  const stored = await Promise.all(Array.from({ length: 10 }, () => store.put(bytes)));
  expect(new Set(stored.map((file) => file.sha256)).size).toBe(1);
  expect(await files()).toHaveLength(1);
});

test("a stream that breaks off, or is too long, leaves no file", async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half of it");
      throw new Error("the connection was reset");
    })(),
  );
  await expect(store.put(broken)).rejects.toThrow("the connection was reset");
  const aborted = new Readable({ read: () => {} });
  aborted.push("some");
  const putting = store.put(aborted);
  aborted.destroy(new Error("aborted"));
  await expect(putting).rejects.toThrow("aborted");
  const long = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
  await expect(store.put(long, { maxBytes: 1000 })).rejects.toMatchObject({
    code: "payload_too_large",
  });
  expect(await store.put(Buffer.alloc(1000), { maxBytes: 1000 })).toMatchObject({ bytes: 1000 });
  expect(await files()).toHaveLength(1);
});

test("a full disk is said to be full, and nothing half-stored stays", async () => {
  const full = Readable.from(
    (async function* () {
      yield Buffer.from("half of it");
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    })(),
  );
  const refused = store.put(full);
  await expect(refused).rejects.toMatchObject({ code: "storage_full" });
  await expect(refused).rejects.toThrow(store.dir);
  expect(await files()).toEqual([]);
});

/** A disk of 64 KiB, where this process may make one; null elsewhere. */
function mountTinyDisk(path: string): (() => void) | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path], { stdio: "ignore" });
    return () => execFileSync("umount", [path]);
  } catch {
    return null;
  }
}

test("a disk that really is full leaves room for what fits", async ({ skip }) => {
  await mkdir(store.dir);
  const unmount = mountTinyDisk(store.dir);
  if (unmount === null) return skip("this process may not mount a disk");
  try {
    const kept = await store.put(Buffer.alloc(20_000));
    await expect(store.put(Buffer.alloc(100_000, 1))).rejects.toMatchObject({
      code: "storage_full",
    });
    expect(await files()).toEqual([kept.sha256]);
    expect(await store.put(Buffer.alloc(20_000, 2))).toMatchObject({ bytes: 20_000 });
  } finally {
    unmount();
  }
});

test("what is not stored is not found, and names that are no SHA-256 lead nowhere", async () => {
  await expect(store.open("0".repeat(64))).rejects.toMatchObject({ code: "not_found" });
  expect(await store.has("0".repeat(64))).toBe(false);
  for (const name of ["../../etc/passwd", "", "0".repeat(63), `${"0".repeat(63)}/`])
    expect(() => store.path(name)).toThrow("is no SHA-256");
});

test("old files are found, and what an interrupted put left is swept away", async () => {
  const old = await store.put(Buffer.from("old"));
  await store.put(Buffer.from("new"));
  const past = new Date(Date.now() - 3_600_000);
  await utimes(store.path(old.sha256), past, past);
  const partial = join(store.dir, "partial", "left-behind");
  await mkdir(join(store.dir, "partial"), { recursive: true });
  await writeFile(partial, "half");
  await utimes(partial, past, past);

  const found: string[] = [];
  for await (const names of store.writtenBefore(new Date(Date.now() - 60_000)))
    found.push(...names);
  expect(found).toEqual([old.sha256]);
  expect(await readdir(join(store.dir, "partial"))).toEqual([]);
  await store.remove(old.sha256);
  await store.remove(old.sha256);
  expect(await store.has(old.sha256)).toBe(false);

  // Stored again, an old file is young: whoever is about to name it has its time.
  const again = await store.put(Buffer.from("new"));
  for await (const names of store.writtenBefore(new Date(Date.now() - 60_000)))
    expect(names).not.toContain(again.sha256);
});
