import { execFile } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { AskAnswer, SweepView } from "@sweepyard/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main, runCli } from "./testing/runCli.js";
import { startServer, type TestServer } from "./testing/startServer.js";

/** Trainers that are shell scripts, by the built command line, against a real API. */

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server.stop(), 60_000);

const env = () => ({ SWEEPYARD_URL: server.url, SWEEPYARD_API_KEY: server.apiKey });
const cli = (args: readonly string[], stdin = "") =>
  runCli(args, { cwd: server.folder, env: env(), stdin });

const sweepOf = (runs: number, more = "") => `
name: hill
trainer: { kind: external, steps: 20 }
space: { x: { type: float, low: -2, high: 2 }, y: { type: float, low: -1, high: 3 } }
sampler: { name: random }
objective: { metric: value, direction: minimize }
budget: { runs: ${runs} }
${more}`;

async function submit(runs: number, more?: string): Promise<string> {
  const { stdout, stderr } = await cli(["sweep", "submit", "-", "--json"], sweepOf(runs, more));
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as SweepView).id;
}

async function ask(id: string) {
  const { stdout, exitCode } = await cli(["sweep", "ask", id, "--json"]);
  return { exitCode, ...(JSON.parse(stdout) as AskAnswer) };
}

test("a run is asked for, reported and told, and the exit codes say when to stop", async () => {
  const id = await submit(2, "pruner: { name: threshold, upper: 10 }\nparallelism: 1");
  const { exitCode, runs } = await ask(id);
  expect(exitCode).toBe(0);
  const [{ run, attempt } = { run: "", attempt: 0 }] = runs;
  // The sweep's parallelism is used up: ask again later.
  expect(await ask(id)).toMatchObject({ exitCode: 6, runs: [], done: false });
  const report = (step: number, metric: string) =>
    cli(["sweep", "report", run, "--attempt", String(attempt), "--step", String(step), metric]);
  expect(await report(1, "value=3.5")).toMatchObject({ exitCode: 0, stdout: "go on\n" });
  const stopped = await report(2, "value=inf");
  expect(stopped).toMatchObject({ exitCode: 5 });
  expect(stopped.stdout).toMatch(/^stop: pruned at step 2: /);
  expect(await cli(["sweep", "tell", run, "--attempt", String(attempt), "value=1"])).toMatchObject({
    exitCode: 5,
    stdout: "not recorded: the run is pruned\n",
  });

  const second = (await ask(id)).runs[0];
  const tell = ["sweep", "tell", second?.run ?? "", "--attempt", "1"];
  expect(await cli([...tell, "value=one"])).toMatchObject({ exitCode: 2 });
  expect(await cli([...tell, "value=0.25"])).toMatchObject({
    exitCode: 0,
    stdout: "the run is completed\n",
  });
  expect(await ask(id)).toMatchObject({ exitCode: 5, done: true });
  const over = await cli(["sweep", "ask", id, "--wait"]);
  expect(over).toMatchObject({ exitCode: 5, stdout: "" });
  expect(over.stderr).toMatch(/the budget of 2 runs is used up/);
});

test("a run that fails is tried again, unless that is of no use", async () => {
  const id = await submit(1);
  const [{ run, attempt } = { run: "", attempt: 0 }] = (await ask(id)).runs;
  const fail = (n: number, ...more: string[]) =>
    cli(["sweep", "tell", run, "--attempt", String(n), "--error", "no disk", ...more, "--json"]);
  expect(JSON.parse((await fail(attempt)).stdout)).toMatchObject({
    accepted: true,
    state: "queued",
  });
  expect((await ask(id)).runs).toMatchObject([{ run, attempt: attempt + 1 }]);
  const last = await fail(attempt + 1, "--no-retry");
  expect(JSON.parse(last.stdout)).toMatchObject({ accepted: true, state: "failed" });
});

test("the example script trains a sweep to its end, two at a time", async () => {
  const id = await submit(2);
  const script = resolve(import.meta.dirname, "../../../examples/ask_tell.sh");
  const options = {
    env: { PATH: process.env.PATH, ...env(), SWEEPYARD: `${process.execPath} ${main}`, STEPS: "3" },
  };
  await Promise.all([1, 2].map(() => promisify(execFile)(script, [id], options)));
  const { stdout } = await cli(["sweep", "show", id, "--json"]);
  const { sweep, bestRuns } = JSON.parse(stdout) as {
    sweep: SweepView;
    bestRuns: { params: Record<string, number>; objective: number; epoch: number }[];
  };
  expect(sweep).toMatchObject({ state: "completed", counts: { completed: 2 } });
  const [best] = bestRuns;
  const { x = 0, y = 0 } = best?.params ?? {};
  const value = (1 - x) ** 2 + 100 * (y - x * x) ** 2 + 10 / 3;
  expect(best?.epoch).toBe(3);
  expect(best?.objective).toBeCloseTo(value, 1);
}, 120_000);
