import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BestRun, SweepView } from "@sweepyard/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./testing/runCli.js";
import { startServer, type TestServer } from "./testing/startServer.js";
import { CLASSES, tinyPng, writeTinyDataset } from "./testing/tinyDataset.js";

/** A system is backed up while it trains, and comes back on other stores. */

let folder: string;
const servers: TestServer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweepyard-backup-"));
  await writeTinyDataset(join(folder, "data"));
  await writeFile(join(folder, "below.png"), tinyPng(1));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The answers of commands that are to succeed. */
const answersOf =
  ({ url, apiKey, stores }: TestServer) =>
  async <T>(args: readonly string[], stdin?: string): Promise<T> => {
    const { exitCode, stdout, stderr } = await runCli([...args, "--json"], {
      cwd: folder,
      env: { SWEEPYARD_URL: url, SWEEPYARD_API_KEY: apiKey, ...stores },
      ...(stdin !== undefined && { stdin }),
    });
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as T;
  };

const sweepOf = (name: string, epochs: number) => `
name: ${name}
plan:
  data: { dataset: tiny }
  model: { template: mlp, depth: { $param: depth }, units: 8 }
  epochs: ${epochs}
space: { depth: { type: categorical, choices: [1, 2] } }
`;

test("a restored system has the same best run, serves it, and goes on with what was training", async () => {
  const before = await startServer();
  servers.push(before);
  const old = answersOf(before);
  await old(["dataset", "upload", "data", "--name", "tiny", "--classes", CLASSES.join(",")]);
  await old(["sweep", "submit", "-", "--watch"], sweepOf("done", 5));
  const best = await old<BestRun>(["best", "--metric", "test.accuracy"]);
  await old(["promote", best.runId, "--model", "tiny", "--reason", "for the shop"]);
  const predict = ["predict", "below.png", "--model", "tiny@champion"];
  const predicted = await old(predict);
  const going = await old<SweepView>(["sweep", "submit", "-"], sweepOf("going on", 20_000));
  await expect
    .poll(async () => (await old<{ total: number }>(runningOf(going.id))).total, {
      timeout: 20_000,
    })
    .toBe(1);
  await old(["backup", "backups"]);
  await old(["sweep", "cancel", going.id]);

  const after = await startServer(async (stores) => {
    const { exitCode, stdout } = await runCli(["restore", "backups"], { cwd: folder, env: stores });
    expect(stdout).toMatch(/^restored .*; 1 runs that were training are queued again\n$/);
    expect(exitCode).toBe(0);
  });
  servers.push(after);
  const anew = answersOf({ ...after, apiKey: before.apiKey });
  const passedOver = expect.objectContaining({ unfinished: 2 }); // those of the sweep that goes on
  expect(await anew(["best", "--metric", "test.accuracy"])).toEqual({ ...best, passedOver });
  expect(await anew(predict)).toEqual(predicted);
  await expect
    .poll(async () => (await anew<{ total: number }>(runningOf(going.id))).total, {
      timeout: 20_000,
    })
    .toBe(1);
  await anew(["sweep", "cancel", going.id]);

  const again = await runCli(["restore", "backups"], { cwd: folder, env: after.stores });
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toMatch(/is in use \(it has the project "default"\): restore into an empty/);
}, 90_000);

test("without stores, or with half of them, it says what to set", async () => {
  const cwd = tmpdir(); // no .sweepyard above it
  const none = await runCli(["backup", "x"], { cwd });
  expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining("ARTIFACTS_DIR")]);
  const half = await runCli(["backup", "x"], { cwd, env: { DATABASE_URL: "postgres://x" } });
  expect([half.exitCode, half.stderr]).toEqual([2, expect.stringContaining("together")]);
});

function runningOf(sweepId: string): string[] {
  return ["runs", "--sweep", sweepId, "--state", "running", "--filter", "epoch > 2"];
}
