import { join, relative } from "node:path";
import type { Client } from "@sweepyard/client";
import { AppError } from "@sweepyard/contract";
import { homeFolder } from "./homeFolder.js";
import { lockHome } from "./homeLock.js";
import { listenForStop, Stopped } from "./listenForStop.js";
import { ensureSeedDataset } from "./seedDataset.js";
import { readSeedSweep, SEED_MODEL } from "./seedSweep.js";
import { type Services, startServices } from "./services.js";
import { parseStartOptions, type StartOptions } from "./startOptions.js";
import { explainStorageError } from "./storageError.js";
import { runTable, type SweepSummary, summarise, summaryText } from "./sweepSummary.js";
import { createTerminal, type Terminal } from "./terminal.js";
import { readSweep, type WatchedSweep, watchSweep } from "./watchSweep.js";

/**
 * `npm start` and `npm run demo`: brings everything up, runs the seed's sweep and shows it.
 * Whatever happens, what was started is stopped before this returns.
 * @returns the exit status: 0, 1 for an error or a failed run, 130 or 143 when stopped too early.
 */
export async function start(argv: readonly string[]): Promise<number> {
  const home = homeFolder();
  const stops: (() => Promise<void>)[] = [];
  const stopping = listenForStop();
  let options: StartOptions | null = null;
  let terminal: Terminal = createTerminal(process.stderr);
  let outcome: Outcome | null = null;
  let code = 0;
  try {
    options = parseStartOptions(argv);
    if (!options.json) terminal = createTerminal(process.stdout);
    stops.push(await lockHome(home));
    const context = { options, home, terminal, stops, signal: stopping.signal };
    outcome = await bringUp(context);
    code = outcome.failed ? 1 : 0;
  } catch (thrown) {
    terminal.settle();
    // What Ctrl-C broke off half-way has complaints of its own.
    const error = stopping.signal.aborted ? stopping.signal.reason : thrown;
    if (error instanceof Stopped) {
      // Ctrl-C is how `start` is meant to end.
      code = options?.command === "start" ? 0 : error.exitStatus;
    } else {
      code = 1;
      say(explainStorageError(error, home));
    }
  }
  for (const stop of stops.reverse()) await stop().catch(say);
  stopping.close();
  if (options?.json && outcome !== null)
    process.stdout.write(`${JSON.stringify(outcome.summary)}\n`);
  return code;
}

interface Context {
  readonly options: StartOptions;
  readonly home: string;
  readonly terminal: Terminal;
  readonly stops: (() => Promise<void>)[];
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly summary: SweepSummary;
  readonly failed: boolean;
}

async function bringUp(context: Context): Promise<Outcome> {
  const { options, home, terminal, stops, signal } = context;
  terminal.say(`Starting Postgres, Redis, API and worker; all state is in ${shown(home)}`);
  const { restoreFrom } = options;
  const env = process.env;
  const services = await startServices({ home, env, terminal, stops, signal, restoreFrom });
  const ended = Promise.race([services.lost, untilStopped(signal)]);
  const outcome = await Promise.race([ended, followSweep(context, services)]);
  if (options.command === "start") {
    terminal.say(`\nServing at ${services.url} until Ctrl-C`);
    await ended;
  }
  return outcome;
}

async function followSweep(context: Context, services: Services): Promise<Outcome> {
  const { options, home, terminal, stops, signal } = context;
  const { client, url } = services;
  await ensureSeedDataset({ client, home, env: process.env, terminal });
  const sweepId = await findOrSubmit(client, options);
  const link = await client.session.createLink();
  terminal.say(`Dashboard: ${url}\nLog in once with: ${link.url}\n`);
  // Where the API itself is what failed, there is nobody to tell.
  if (options.command === "demo")
    stops.push(() => cancelUnfinished(client, sweepId).catch(() => {}));
  const watched = await watchSweep({ client, sweepId, terminal, dashboardUrl: url, signal });
  return await conclude(watched, services, context);
}

/** A later `start` goes on with the sweep of an earlier one, or shows it; `demo` makes one. */
async function findOrSubmit(client: Client, { command, epochs }: StartOptions): Promise<string> {
  const seed = await readSeedSweep(epochs);
  if (command === "start") {
    const { items } = await client.sweeps.list({ limit: 1000 });
    const earlier = items.filter(({ name }) => name === seed.name);
    for (const state of ["running", "paused", "completed"] as const) {
      const found = earlier.find((sweep) => sweep.state === state);
      if (found !== undefined) return found.id;
    }
  }
  return (await client.sweeps.create(seed)).id;
}

/** A demo that is broken off is over; without this its runs would go on at the next start. */
async function cancelUnfinished(client: Client, sweepId: string): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const { state } = await client.sweeps.get(sweepId, { signal });
  if (state === "running" || state === "paused") await client.sweeps.cancel(sweepId, { signal });
}

async function conclude(
  watched: WatchedSweep,
  { client, url, slots, apiKeyFile }: Services,
  { options, terminal }: Context,
): Promise<Outcome> {
  // The end of the last run and the sweep's best come in two transactions: read what is final.
  const { sweep, runs } = await readSweep(client, watched.sweep.id);
  const attempts = await Promise.all(
    runs.map(async ({ id }) => (await client.runs.attempts(id)).items),
  );
  const summary = summarise({ sweep, runs, attempts, slots, dashboardUrl: url });
  const report = sweep.best === null ? null : await client.runs.report(sweep.best.runId);
  const promote = sweep.best === null ? null : howToPromote(sweep.best.runId, url, apiKeyFile);
  const isOfOneStart = Date.parse(sweep.createdAt) > performance.timeOrigin;
  terminal.say(runTable(sweep, runs));
  terminal.say(summaryText({ sweep, summary, report, isOfOneStart, promote }));
  terminal.say(
    options.command === "start"
      ? `Dashboard: ${url}`
      : "All of it is kept; `npm start` serves it, the dashboard included.",
  );
  const broken = runs.filter((run) => run.state === "failed");
  for (const run of broken)
    terminal.say(
      `Run ${run.number} failed: ${run.error?.message ?? run.stateReason ?? "no reason"}`,
    );
  return { summary, failed: broken.length > 0 || sweep.best === null };
}

function howToPromote(runId: string, url: string, apiKeyFile: string) {
  const key = `$(cat ${shown(apiKeyFile)})`;
  const home = process.env.SWEEPYARD_HOME ? `SWEEPYARD_HOME=${process.env.SWEEPYARD_HOME} ` : "";
  return {
    cli: `${home}npm run sweepyard -- promote ${runId} --model ${SEED_MODEL}`,
    curl: `curl ${url}/api/v1/runs/${runId}/promote -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '{"model":"${SEED_MODEL}"}'`,
  };
}

function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function say(error: unknown): void {
  const text =
    error instanceof AppError
      ? error.message
      : error instanceof Error
        ? error.stack
        : String(error);
  process.stderr.write(`sweepyard: ${text}\n`);
}

/** As one would type it from here. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : join(".", short);
}
