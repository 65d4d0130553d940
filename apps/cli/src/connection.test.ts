import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findConnection } from "./connection.js";

const started = { url: "http://127.0.0.1:4000", apiKey: "swy_embedded" };
let root: string;
let below: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
  below = join(root, "a", "b");
  await mkdir(below, { recursive: true });
  await mkdir(join(root, ".sweepyard"));
  await writeFile(join(root, ".sweepyard", "connection.json"), JSON.stringify(started));
});
afterEach(() => rm(root, { recursive: true }));

test("options win over the environment, and the environment over the file", async () => {
  const env = { SWEEPYARD_URL: "http://env", SWEEPYARD_API_KEY: "from-env" };
  const cwd = below;
  expect(await findConnection({ url: "http://option", key: "k", env, cwd })).toEqual({
    url: "http://option",
    apiKey: "k",
  });
  expect(await findConnection({ env, cwd })).toEqual({ url: "http://env", apiKey: "from-env" });
  expect(await findConnection({ env: {}, cwd })).toEqual(started);
  expect(await findConnection({ key: "other", env: {}, cwd })).toEqual({
    url: started.url,
    apiKey: "other",
  });
});

test("the embedded default's key is never sent to another server", async () => {
  await expect(
    findConnection({ url: "http://elsewhere.example", env: {}, cwd: below }),
  ).rejects.toThrow("no API key for http://elsewhere.example");
  expect(await findConnection({ url: `${started.url}/`, env: {}, cwd: below })).toEqual({
    url: `${started.url}/`,
    apiKey: started.apiKey,
  });
});

test("SWEEPYARD_HOME is looked in instead of the folders above", async () => {
  const home = join(root, "home");
  await mkdir(home);
  const there = { url: "http://127.0.0.1:5000", apiKey: "swy_home" };
  await writeFile(join(home, "connection.json"), JSON.stringify(there));
  expect(await findConnection({ env: { SWEEPYARD_HOME: home }, cwd: below })).toEqual(there);
  await rm(join(home, "connection.json"));
  await expect(findConnection({ env: { SWEEPYARD_HOME: home }, cwd: below })).rejects.toMatchObject(
    { code: "unavailable" },
  );
});

test("a spoilt file and a wrong address are told", async () => {
  await writeFile(join(root, ".sweepyard", "connection.json"), '{"url": 1}');
  await expect(findConnection({ env: {}, cwd: below })).rejects.toThrow("connection.json is not");
  await expect(findConnection({ url: "nowhere", env: {}, cwd: below })).rejects.toThrow(
    '"nowhere" is no address',
  );
});
