import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { SweepView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { fetchFashionMnist } from "./fashionMnist.js";
import { homeFolder } from "./homeFolder.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** The built command itself, as bootstrap.mjs calls it. Needs the apps to be built. */
const START = new URL("../dist/start.js", import.meta.url).href;

function run(argv: readonly string[], home: string, env: NodeJS.ProcessEnv = {}) {
  const code = `const { start } = await import(${JSON.stringify(START)});
    process.exit(await start(process.argv.slice(1)));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code, "--", ...argv], {
    env: { PATH: process.env.PATH, SLOTS: "2", SWEEPYARD_HOME: home, ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  return { child, output };
}

async function finish({ child, output }: ReturnType<typeof run>) {
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

/** A home in which what had to be downloaded is there already. */
async function preparedHome() {
  const home = await temporaryFolder();
  const cache = join(homeFolder(), "cache"); // missing where Redis is installed
  if (existsSync(cache)) await cp(cache, join(home.path, "cache"), { recursive: true });
  return home;
}

/** Processes that were given this home, by argument or environment. */
async function leftIn(home: string): Promise<string[]> {
  const left: string[] = [];
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const about = await Promise.all(
      ["cmdline", "environ"].map((file) =>
        readFile(`/proc/${pid}/${file}`, "utf8").catch(() => ""),
      ),
    );
    if (about.some((text) => text.includes(home))) left.push(`${pid} ${about[0]}`);
  }
  return left;
}

async function until(condition: () => boolean | Promise<boolean>, child: ChildProcess) {
  const deadline = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadline || child.exitCode !== null)
      throw new Error(`it did not come to that: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("a port in use: one line, exit status 1, nothing left running", async () => {
  await using home = await preparedHome();
  const squatter = createServer().listen(0, "127.0.0.1");
  await once(squatter, "listening");
  const { port } = squatter.address() as { port: number };
  const result = await finish(run(["demo", "--json"], home.path, { API_PORT: String(port) }));
  squatter.close();
  expect(result.code).toBe(1);
  expect(result.stdout).toBe("");
  expect(result.stderr.split("\n").filter((line) => line.startsWith("sweepyard: "))).toEqual([
    `sweepyard: port ${port} (API_PORT) is in use on 127.0.0.1: stop what listens there, or set API_PORT to another port`,
  ]);
  expect(await leftIn(home.path)).toEqual([]);
});

test("no Redis to be had: one line that says what to do, nothing left running", async () => {
  await using home = await temporaryFolder();
  const port = await closedPort();
  const result = await finish(run(["demo"], home.path, { REDIS_URL: `redis://127.0.0.1:${port}` }));
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/^sweepyard: no Redis answers at .*unset REDIS_URL.*\n$/);
  expect(await leftIn(home.path)).toEqual([]);
});

test("a broken data file: one line with both sums, nothing left running", async () => {
  await using home = await preparedHome();
  const datasets = join(home.path, "datasets", "fashion-mnist");
  await mkdir(datasets, { recursive: true });
  const real = await fetchFashionMnist({ dir: join(homeFolder(), "datasets", "fashion-mnist") });
  for (const path of Object.values(real))
    await cp(path, join(datasets, path.split("/").at(-1) ?? ""));
  await writeFile(join(datasets, "t10k-labels-idx1-ubyte.gz"), "not a gzip");
  const result = await finish(run(["demo"], home.path));
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(
    /^sweepyard: \S+t10k-labels-idx1-ubyte\.gz is not the published .* should be 0402a96d.*delete it.*\n$/,
  );
  expect(await leftIn(home.path)).toEqual([]);
});

test("an app that dies at start: its reason in one line, nothing left running", async () => {
  await using home = await preparedHome();
  const result = await finish(run(["demo"], home.path, { LEASE_SECONDS: "soon" }));
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/^sweepyard: the worker did not start .*LEASE_SECONDS.*\n$/);
  expect(await leftIn(home.path)).toEqual([]);
});

test("Ctrl-C ends a demo in order, killed stores come back, SIGKILL leaves nothing behind, and results are kept", async () => {
  await using home = await preparedHome();
  const demo = run(["demo"], home.path);
  await until(() => demo.output.stdout.includes("epochs,"), demo.child);
  demo.child.kill("SIGINT");
  demo.child.kill("SIGINT"); // npm passes on what the terminal has sent already
  expect((await finish(demo)).code).toBe(130);
  expect(await leftIn(home.path)).toEqual([]);

  const start = run(["start", "--epochs", "1"], home.path);
  await until(() => start.output.stdout.includes("epochs,"), start.child);
  const { url, apiKey } = JSON.parse(
    await readFile(join(home.path, "connection.json"), "utf8"),
  ) as { url: string; apiKey: string };
  const headers = { authorization: `Bearer ${apiKey}` };
  const readSweeps = async (): Promise<SweepView[]> => {
    const answer = await fetch(`${url}/api/v1/sweeps`, { headers });
    return answer.ok ? ((await answer.json()) as { items: SweepView[] }).items : [];
  };
  const [running, demos] = await readSweeps();
  expect([running?.state, demos?.state]).toEqual(["running", "cancelled"]);

  for (const pidFile of ["redis/redis.pid", "postgres/data/postmaster.pid"])
    process.kill(Number.parseInt(await readFile(join(home.path, pidFile), "utf8"), 10), "SIGKILL");
  const said = (line: string) => until(() => start.output.stdout.includes(line), start.child);
  await said("Redis died (SIGKILL); starting it again");
  await said("Postgres died (SIGKILL); starting it again");
  const completed = running?.counts.completed ?? 0;
  await until(async () => {
    const [sweep] = await readSweeps();
    return sweep !== undefined && sweep.counts.completed > completed;
  }, start.child);

  const second = await finish(run(["start"], home.path));
  expect(second.code).toBe(1);
  expect(second.stderr).toContain("already runs on");

  start.child.kill("SIGKILL");
  await once(start.child, "close");
  const deadline = Date.now() + 60_000;
  while ((await leftIn(home.path)).length > 0 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await leftIn(home.path)).toEqual([]);
}, 240_000);

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
