import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@sweepyard/client";
import type { BestRun, ModelVersionView, RunView, SweepView } from "@sweepyard/contract";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hasScript, onTerminal } from "./testing/onTerminal.js";
import { type CliOptions, runCli } from "./testing/runCli.js";
import { startServer, type TestServer } from "./testing/startServer.js";
import { CLASSES, tinyPng, writeTinyDataset } from "./testing/tinyDataset.js";

/** One walk through the commands, each a process, against a real API and worker. */

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await writeTinyDataset(join(server.folder, "data"));
}, 60_000);
afterAll(() => server.stop(), 60_000);

const cli = (args: readonly string[], options: CliOptions = {}) =>
  runCli(args, {
    cwd: server.folder,
    ...options,
    env: { SWEEPYARD_URL: server.url, SWEEPYARD_API_KEY: server.apiKey, ...options.env },
  });

/** The answer of a command that is to succeed. */
async function json<T>(args: readonly string[], options?: CliOptions): Promise<T> {
  const { exitCode, stdout, stderr } = await cli([...args, "--json"], options);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as T;
}

const sweepOf = (epochs: number) => `
name: tiny
plan:
  data: { dataset: tiny }
  model: { template: mlp, depth: { $param: depth }, units: 8 }
  batch_size: 16
  epochs: ${epochs}
space: { depth: { type: categorical, choices: [1, 2] } }
`;

let sweepId: string;
let bestRunId: string;

test("a data set is uploaded and listed", async () => {
  const upload = ["dataset", "upload", "data", "--name", "tiny", "--classes", CLASSES.join(",")];
  expect(await json(upload)).toMatchObject({ name: "tiny", version: 1, inputShape: [8, 8] });
  const { stdout } = await cli(["dataset", "list"]);
  expect(stdout).toMatch(/tiny +1 +classification +8×8 +200 +200 +above, below/);
});

test("a sweep is looked at before it is submitted", async () => {
  const { exitCode, stdout } = await cli(["sweep", "preview", "-"], { stdin: sweepOf(30) });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/points +2\n/);
  expect(stdout).toMatch(/takes +60 epochs; no run has been measured yet/);
  expect(stdout).toMatch(/2 +depth=2 +\d+/);
});

test("a run is looked at before it is submitted: layers, shapes, weights, FLOPs", async () => {
  const stdin = "plan: { data: { dataset: tiny }, model: { template: mlp, units: 8 }, epochs: 3 }";
  const { exitCode, stdout } = await cli(["run", "preview", "-"], { stdin });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/rows +160 train, 40 validate, 200 test\n/);
  expect(stdout).toMatch(/training +3 epochs of 3 updates, batch 64\n/);
  expect(stdout).toMatch(/dense \(Dense\) +8 +520 +1,024\n/);
  expect(stdout).toMatch(/weights +610\n/);
  expect(stdout).toMatch(/FLOPs +1,184 of one row/);
});

test("a sweep submitted from stdin is watched to its end", async () => {
  const { exitCode, stdout, stderr } = await cli(["sweep", "submit", "-", "--watch"], {
    stdin: sweepOf(30),
  });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/submitted tiny, sweep [0-9a-f-]{36}/);
  expect(stderr).toMatch(/#\d depth=\d completed: val_accuracy/);
  expect(stdout).toMatch(/tiny completed in .*: 2 completed/);
  sweepId = /sweep ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? "";
});

test("watching with --json ends with a summary, each line JSON", async () => {
  const { exitCode, stdout } = await cli(["sweep", "submit", "-", "-w", "--json"], {
    stdin: sweepOf(30),
  });
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as { type: string });
  expect(events.map(({ type }) => type)).toContain("run.epoch");
  expect(events.at(-1)).toMatchObject({ type: "summary", sweep: { counts: { completed: 2 } } });
});

test("runs are listed, filtered and sorted", async () => {
  const all = ["runs", "--sweep", sweepId, "--sort=-params.depth"];
  const { items, total } = await json<{ items: RunView[]; total: number }>(all);
  expect(total).toBe(2);
  expect(items.map(({ params }) => params.depth)).toEqual([2, 1]);
  const filtered = [...all, "--state", "completed,failed", "--filter", "params.depth < 2"];
  expect(await json(filtered)).toMatchObject({ total: 1, items: [{ params: { depth: 1 } }] });
  const table = await cli(["runs", "--limit", "1"]);
  expect(table.stdout).toContain("… and 3 more runs: raise --limit");
});

test("a filter that can't be read is refused with its field and the request's id", async () => {
  const { exitCode, stdout, stderr } = await cli(["runs", "--filter", "depth >"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/ {2}filter: .*\[syntax\]\n {2}request \S+/);
});

test("a sweep and a run are shown", async () => {
  const sweep = await cli(["sweep", "show", sweepId]);
  expect(sweep.stdout).toMatch(/depth +one of 1, 2/);
  expect(sweep.stdout).toMatch(/runs +2 completed, of 2/);
  expect((await cli(["sweep", "list"])).stdout).toContain(sweepId);
  const { items } = await json<{ items: RunView[] }>(["runs", "--sweep", sweepId]);
  const run = await cli(["run", "show", items[0]?.id ?? ""]);
  expect(run.stdout).toMatch(/class +precision +recall +F1 +ROC AUC +support\nabove/);
});

test("the best run is promoted and predicts pictures", async () => {
  const best = await json<BestRun>(["best", "--sweep", sweepId, "--metric", "test.accuracy"]);
  bestRunId = best.runId;
  expect(best).toMatchObject({ metric: "test.accuracy", value: best.test?.accuracy });
  const version = await json<ModelVersionView>([
    "promote",
    bestRunId,
    "--model",
    "tiny",
    "--reason",
    "a test",
  ]);
  expect(version).toMatchObject({ model: "tiny", version: 1, aliases: ["champion"] });
  expect((await cli(["models"])).stdout).toMatch(/tiny +1 +champion/);

  for (const [label, name] of CLASSES.entries())
    await writeFile(join(server.folder, `${name}.png`), tinyPng(label));
  const images = CLASSES.map((name) => `${name}.png`);
  const answer = await json<{ images: { image: string; predictions: { name: string }[] }[] }>([
    "predict",
    ...images,
    "--model",
    "tiny@champion",
  ]);
  expect(answer).toMatchObject({ model: "tiny", version: 1 });
  expect(answer.images.map(({ image, predictions }) => [image, predictions[0]?.name])).toEqual([
    ["above.png", "above"],
    ["below.png", "below"],
  ]);

  await writeFile(join(server.folder, "rows.json"), JSON.stringify([Array(8 * 8).fill(0)]));
  const rows = await cli(["predict", "rows.json", "--model", "tiny", "--top", "1"]);
  expect(rows.stdout).toMatch(/^tiny version 1\nrow +class +probability.*\n0 +(above|below) /);
});

test("gates that refuse are passed over by name, with a reason that is kept", async () => {
  const { models } = createClient({ baseUrl: server.url, apiKey: server.apiKey });
  await cli(["promote", bestRunId, "--model", "gated", "--alias", "pinned"]);
  const policy = { metrics: { "test.accuracy": { min: 0 } }, max_latency_ms: 1e-9, max_bytes: 1 };
  await models.setPolicy("gated", { policy });
  const promote = (...options: string[]) =>
    cli(["promote", bestRunId, "--model", "gated", ...options]);
  const refused = await promote();
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/the median latency of one row in ms is .*needed is at most 1e-9/);
  expect(refused.stderr).toMatch(
    /the size of the \.onnx file in bytes is \d+; needed is at most 1\n/,
  );
  const unexplained = await promote("--force", "latency,size");
  expect(unexplained.exitCode).toBe(2);
  expect(unexplained.stderr).toContain("--force needs --reason");
  const half = await promote("--force", "latency", "--reason", "a drill");
  expect(half.exitCode).toBe(1);
  expect(half.stderr).toContain("the size of");
  expect(half.stderr).not.toContain("latency");
  const unknown = await promote("--force", "speed", "--reason", "a drill");
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain("speed");
  const forced = await promote("--force", "latency,size", "--reason", "a drill");
  expect(forced.stdout).toContain("gated version 1 is champion");
  const { items } = await models.promotions("gated");
  expect(items.map(({ state }) => state)).toEqual(["promoted", "refused", "refused"]);
  expect(items[0]).toMatchObject({ forced: ["latency", "size"], forceReason: "a drill" });
}, 60_000);

test("a sweep's file has its winner promoted, and the sweep tells what came of it", async () => {
  const stdin = `${sweepOf(30)}promote: { model: gated, alias: pinned }\n`;
  const preview = await cli(["sweep", "preview", "-"], { stdin });
  expect(preview.stdout).toMatch(
    /promotes +its winner to pinned of gated, now version 1; no policy guards it/,
  );
  const { id } = await json<SweepView>(["sweep", "submit", "-"], { stdin });
  await vi.waitFor(
    async () => {
      const { stdout } = await cli(["sweep", "show", id]);
      expect(stdout).toMatch(/promotes +version \d of "gated" became pinned/);
    },
    { timeout: 60_000, interval: 500 },
  );
}, 90_000);

test("a version is exported, measured, and an alias rolled back", async () => {
  const download = ["model", "export", "tiny", "--format", "tflite-int8", "-o", "tiny.tflite"];
  expect(await json(download)).toMatchObject({ model: "tiny", version: 1, file: "tiny.tflite" });
  const bytes = await readFile(join(server.folder, "tiny.tflite"));
  expect(bytes.subarray(4, 8).toString()).toBe("TFL3");
  const { stdout } = await cli(["model", "exports", "tiny@champion", "--measure"]);
  expect(stdout).toMatch(/tflite-int8 +\d+ +[\d.]+ +[\d.]+ +– /);
  expect(stdout).toMatch(/onnx +\d+ +[\d.]+ +1 +[\d.]+ +onnxruntime/);
  const nowhere = await cli(["model", "rollback", "tiny"]);
  expect(nowhere).toMatchObject({ exitCode: 1 });
  expect(nowhere.stderr).toContain("has pointed at no other version");
  expect((await cli(["model", "export", "tiny@9", "--format", "onnx"])).exitCode).toBe(4);
}, 60_000);

test("a single run is watched, and its end decides the exit code", async () => {
  const run =
    "name: single\nplan: { data: { dataset: tiny }, model: { template: mlp, depth: 1, units: 8 }, epochs: 2 }";
  const { exitCode, stdout, stderr } = await cli(["run", "submit", "-", "--watch"], { stdin: run });
  expect(exitCode).toBe(0);
  expect(stderr).toContain("epoch 2/2");
  expect(stdout).toMatch(/test accuracy/);
});

test("Ctrl-C stops watching and not the sweep, which is then paused, resumed and cancelled", async () => {
  const submitted = await json<SweepView>(["sweep", "submit", "-"], { stdin: sweepOf(5000) });
  const watched = await cli(["sweep", "watch", submitted.id], {
    interruptWhen: (stderr) => stderr.includes("tiny is running"),
  });
  expect(watched.exitCode).toBe(130);
  expect(watched.stderr).toContain(`the sweep goes on: sweepyard sweep watch ${submitted.id}`);
  expect(await json(["sweep", "pause", submitted.id])).toMatchObject({ state: "paused" });
  expect(await json(["sweep", "resume", submitted.id])).toMatchObject({ state: "running" });
  expect(await json(["sweep", "cancel", submitted.id])).toMatchObject({ state: "cancelled" });
  const again = await cli(["sweep", "watch", submitted.id]);
  expect(again.exitCode).toBe(1);
});

test.runIf(hasScript)("Ctrl-C on a terminal shows the cursor again and ends with 130", async () => {
  const submitted = await json<SweepView>(["sweep", "submit", "-"], { stdin: sweepOf(5000) });
  const { exitCode, screen } = await onTerminal(["sweep", "watch", submitted.id], {
    env: { SWEEPYARD_URL: server.url, SWEEPYARD_API_KEY: server.apiKey },
    interruptWhen: (shown) => shown.includes("best so far"),
  });
  expect(exitCode).toBe(130);
  expect(screen).toContain(`the sweep goes on: sweepyard sweep watch ${submitted.id}`);
  expect(screen.lastIndexOf("\u001b[?25h")).toBeGreaterThan(screen.lastIndexOf("\u001b[?25l"));
  await json(["sweep", "cancel", submitted.id]);
});

test("what is not there ends with 4, what is forbidden with 1", async () => {
  const nothing = "01900000-0000-7000-8000-000000000001";
  expect((await cli(["run", "show", nothing])).exitCode).toBe(4);
  const readOnly = ["key", "create", "--name", "reader", "--scopes", "read"];
  const { secret, key } = await json<{ secret: string; key: { id: string } }>(readOnly);
  const asReader = { env: { SWEEPYARD_API_KEY: secret } };
  expect((await cli(["runs"], asReader)).exitCode).toBe(0);
  const refused = await cli(["promote", bestRunId, "--model", "tiny"], asReader);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('needs the scope "promote"');
  expect(await json(["key", "revoke", key.id])).toEqual({ id: key.id, revoked: true });
  expect((await cli(["runs"], asReader)).exitCode).toBe(1);
});

test("the queue, the workers and a log-in link are told", async () => {
  expect((await cli(["workers"])).stdout).toMatch(/active +– +0 +cpu/);
  expect((await cli(["queue"])).stdout).toMatch(/slots +\d of 1 busy/);
  expect((await cli(["login-link"])).stdout).toContain(`${server.url}/login?token=`);
});
