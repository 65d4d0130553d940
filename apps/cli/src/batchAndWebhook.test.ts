import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createClient, verifyWebhook } from "@sweepyard/client";
import type { BatchResult, BatchView, DeliveryView, WebhookView } from "@sweepyard/contract";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CliOptions, runCli } from "./testing/runCli.js";
import { startServer, type TestServer } from "./testing/startServer.js";
import { CLASSES, tinyPng, writeTinyDataset } from "./testing/tinyDataset.js";

/** Batches, webhooks and rows of numbers, by commands that are processes, on a real API and worker. */

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await writeTinyDataset(join(server.folder, "data"));
}, 60_000);
afterAll(() => server?.stop(), 60_000);

const cli = (args: readonly string[], options: CliOptions = {}) =>
  runCli(args, {
    cwd: server.folder,
    ...options,
    env: { SWEEPYARD_URL: server.url, SWEEPYARD_API_KEY: server.apiKey, ...options.env },
  });

async function json<T>(args: readonly string[], options?: CliOptions): Promise<T> {
  const { exitCode, stdout, stderr } = await cli([...args, "--json"], options);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}

const linesOf = (stdout: string): BatchResult[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as BatchResult);

test("a model is trained and promoted", async () => {
  await cli(["dataset", "upload", "data", "--name", "tiny", "--classes", CLASSES.join(",")]);
  const stdin =
    "plan: { data: { dataset: tiny }, model: { template: mlp, units: 8 }, batch_size: 16, epochs: 20 }";
  const { id } = await json<{ id: string }>(["run", "submit", "-"], { stdin });
  const { runs } = createClient({ baseUrl: server.url, apiKey: server.apiKey });
  await vi.waitFor(async () => expect((await runs.get(id)).state).toBe("completed"), {
    timeout: 30_000,
    interval: 100,
  });
  await cli(["promote", id, "--model", "tiny"]);
}, 60_000);

test("a folder is predicted as a batch: watched, listed, read, and deleted", async () => {
  const folder = join(server.folder, "photos");
  await mkdir(folder);
  for (const [label, name] of CLASSES.entries())
    await writeFile(join(folder, `${name}.png`), tinyPng(label));
  await writeFile(join(folder, "text.png"), "no picture");
  const args = ["--model", "tiny", "--top", "1", "--name", "spring", "--watch"];
  const batch = await json<BatchView>(["batch", "predict", "photos", ...args]);
  expect(batch).toMatchObject({ state: "completed", items: 3, done: 3, failed: 1, version: 1 });

  const lines = linesOf((await cli(["batch", "results", batch.id])).stdout);
  const named = lines.map(({ item, predictions }) => [item, predictions?.[0]?.name]);
  expect(named.toSorted()).toEqual([
    ["above.png", "above"],
    ["below.png", "below"],
    ["text.png", undefined],
  ]);
  const unread = linesOf((await cli(["batch", "results", batch.id, "--failed"])).stdout);
  expect(unread).toMatchObject([{ item: "text.png", error: expect.any(String) }]);

  expect((await cli(["batch", "show", batch.id])).stdout).toMatch(
    /3 of 3 completed, 1 could not be read/,
  );
  expect((await cli(["batch", "list"])).stdout).toMatch(/spring +tiny@1 +completed +3 of 3 +1 /);
  for (const verb of ["cancel", "retry"])
    expect((await cli(["batch", verb, batch.id])).exitCode).toBe(1);
  expect(await json(["batch", "delete", batch.id])).toEqual({ deleted: batch.id });
  const gone = await cli(["batch", "show", batch.id]);
  expect([gone.exitCode, gone.stderr]).toEqual([4, expect.stringContaining("has no batch")]);
});

test("a data set's rows are predicted as a batch, of the split that is named", async () => {
  const args = ["batch", "predict", "dataset:tiny@1", "--model", "tiny@1", "--split", "train"];
  const batch = await json<BatchView>([...args, "--watch"]);
  const source = { kind: "dataset", name: "tiny", version: 1, split: "train" };
  expect(batch).toMatchObject({ state: "completed", items: 200, failed: 0, source });
  for (const [wrong, code, words] of [
    [["dataset:tiny", "--split", "both"], 2, "neither train nor test"],
    [["dataset:nothing"], 4, 'no data set "nothing"'],
    [["nowhere"], 2, "nowhere can't be read"],
  ] as const) {
    const refused = await cli(["batch", "predict", ...wrong, "--model", "tiny"]);
    expect([refused.exitCode, refused.stderr]).toEqual([code, expect.stringContaining(words)]);
  }
});

test("rows of a .csv or .json file are predicted as pictures are", async () => {
  const pixels = Array.from({ length: 64 }, (_, at) => (at >= 8 && at < 32 ? 220 : 0));
  await writeFile(join(server.folder, "rows.csv"), `${pixels.join(",")}\n${pixels.join(",")}\n`);
  await writeFile(join(server.folder, "rows.json"), JSON.stringify({ instances: [pixels] }));
  const table = await cli(["predict", "rows.csv", "--model", "tiny"]);
  expect(table.stdout).toMatch(/\n0 +above .*\n1 +above /);
  const answer = await json(["predict", "rows.json", "--model", "tiny"]);
  expect(answer).toMatchObject({ task: "classification", predictions: [[{ name: "above" }, {}]] });
  await writeFile(join(server.folder, "short.csv"), "1,2,3\n");
  await writeFile(join(server.folder, "words.csv"), "1,2,3\n1,two,3\n");
  const short = await cli(["predict", "short.csv", "--model", "tiny"]);
  expect([short.exitCode, short.stderr]).toEqual([1, expect.stringContaining("instances.0")]);
  const words = await cli(["predict", "words.csv", "--model", "tiny"]);
  expect([words.exitCode, words.stderr]).toEqual([2, expect.stringContaining('line 2: "two"')]);
});

test("a webhook is added, tried, listed with what was sent, and removed", async () => {
  const messages: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const receiver = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req.setEncoding("utf8")) body += chunk;
    messages.push({ headers: req.headers, body });
    res.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const events = ["--events", "batch.completed,model.promoted"];
    const made = await json<{ webhook: WebhookView; secret: string }>([
      ...["webhook", "add", url, ...events, "--description", "the shop"],
    ]);
    const { id } = made.webhook;
    expect(made.webhook).toMatchObject({ url, description: "the shop", enabled: true });
    expect((await cli(["webhook", "list"])).stdout).toMatch(
      /batch\.completed, model\.promoted +on/,
    );

    await json(["webhook", "test", id]);
    const deliveries = () => json<{ items: DeliveryView[] }>(["webhook", "deliveries", id]);
    await vi.waitFor(
      async () => expect((await deliveries()).items).toMatchObject([{ state: "delivered" }]),
      { timeout: 20_000, interval: 300 },
    );
    const [message] = messages;
    if (message === undefined) throw new Error("nothing was received");
    const told = await verifyWebhook(message, made.secret);
    expect(told.event.type).toBe("webhook.test");
    const [delivery] = (await deliveries()).items;
    expect(delivery?.id).toBe(told.id);
    expect((await cli(["webhook", "deliveries", id])).stdout).toMatch(
      /webhook\.test +delivered +1 +204 in \d+ ms/,
    );
    await json(["webhook", "redeliver", id, told.id]);
    await vi.waitFor(() => expect(messages).toHaveLength(2), { timeout: 20_000, interval: 100 });

    const rotated = await json<{ secret: string }>(["webhook", "rotate", id]);
    expect(rotated.secret).not.toBe(made.secret);
    expect(await json(["webhook", "remove", id])).toEqual({ deleted: id });
    expect((await cli(["webhook", "list"])).stdout).toBe("no webhooks yet\n");
    const wrong = await cli(["webhook", "add", url, "--events", "batch.started"]);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("batch.completed")]);
  } finally {
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  }
});
