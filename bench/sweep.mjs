import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect } from "@sweepyard/db";
import { startApiSystem } from "../e2e/dist/apiSystem.js";
import { pythonWith } from "./pythonWith.mjs";
import { quantile } from "./statistics.mjs";

/**
 * `pnpm bench sweep`: whole sweeps whose runs train nothing, over the API, each run asked of TPE
 * and stored in Postgres with its metric points before its trainer hears of the next one. Postgres
 * is as `npm start` has it: synchronous_commit and fsync on. Optuna does the same on the same
 * Postgres where Python has it, its trials one after the other in as many processes.
 */

const USAGE = `pnpm bench sweep [--runs 2000] [--slots 8] [--points 25] [--python PROGRAM] [--peer-seconds 10]
  --runs      runs of the sweep
  --slots     trainers that ask and tell at one time
  --points    metric points of each run
  --python    a Python with optuna and psycopg2, in place of those of BENCH_PYTHON, bench/.venv and
              python3; "none" leaves the peer out`;

const GOAL = { runsPerSecond: 200, pointsPerSecond: 5_000 };

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      runs: { type: "string", default: "2000" },
      slots: { type: "string", default: "8" },
      points: { type: "string", default: "25" },
      python: { type: "string", default: pythonWith("optuna") },
      "peer-seconds": { type: "string", default: "10" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [runs, slots, points] = [values.runs, values.slots, values.points].map(Number);
  const { client, postgresUrl, close } = await startApiSystem();
  try {
    await tellDurability(postgresUrl);

    console.log(
      `\n${runs} runs of ${points} metric points, TPE, ${slots} trainers, ${availableParallelism()} cores`,
    );
    const warm = await sweep(client, { runs: 200, slots, points });
    if (warm.wrong !== null) throw new Error(warm.wrong);
    const ours = await sweep(client, { runs, slots, points });
    if (ours.wrong !== null) throw new Error(ours.wrong);
    tell("Sweepyard over REST", ours, points);
    for (const { from, to, perSecond } of ours.parts)
      console.log(`    runs ${from} to ${to}: ${perSecond.toFixed(0)} a second`);
    const peer = optuna(values.python, postgresUrl, { slots, seconds: values["peer-seconds"] });
    if (typeof peer === "string") console.log(`  Optuna on Postgres: not run here: ${peer}`);
    else tell(`Optuna ${peer.version} on Postgres`, peer, 1);
    const perSecond = runs / ours.seconds;
    const reached = perSecond >= GOAL.runsPerSecond && perSecond * points >= GOAL.pointsPerSecond;
    console.log(
      `\n${reached ? "reached" : "missed"}: the goal of ${GOAL.runsPerSecond} runs and ${GOAL.pointsPerSecond} metric points a second`,
    );
    return reached ? 0 : 1;
  } finally {
    await close();
  }
}

function tell(name, { runs, seconds, latencies }, points) {
  const perSecond = runs / seconds;
  const p95 = latencies && quantile(latencies, 0.95);
  console.log(
    `  ${name}: ${perSecond.toFixed(1)} runs a second, ${(perSecond * points).toFixed(0)} metric points a second` +
      (p95
        ? `; tell and ask take ${quantile(latencies, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`
        : ""),
  );
}

async function tellDurability(url) {
  const db = connect({ url, pool: 1 });
  const [row] = await db.prisma.$queryRawUnsafe(
    "select current_setting('synchronous_commit') as synchronous_commit, current_setting('fsync') as fsync",
  );
  await db.close();
  console.log(`Postgres: synchronous_commit ${row.synchronous_commit}, fsync ${row.fsync}`);
  if (row.synchronous_commit !== "on" || row.fsync !== "on")
    throw new Error("a figure without durability is none");
}

/** One sweep from its submission to its end; checks afterwards that each run is there once. */
async function sweep(client, { runs, slots, points }) {
  const { id } = await client.sweeps.create({
    name: "no-op",
    trainer: { kind: "external", steps: points },
    space: {
      learning_rate: { type: "float", low: 1e-5, high: 1e-1, log: true },
      dropout: { type: "float", low: 0, high: 0.5 },
      depth: { type: "int", low: 1, high: 8 },
      activation: { type: "categorical", choices: ["relu", "tanh", "gelu"] },
    },
    sampler: { name: "tpe" },
    objective: { metric: "value", direction: "minimize" },
    budget: { runs },
  });
  const latencies = [];
  const endedAt = [];
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: slots }, async (_, slot) => {
      const ask = { count: 1, lease_seconds: 60, worker: `slot ${slot}` };
      let answer = await client.sweeps.ask(id, ask);
      while (answer.runs.length > 0) {
        const ends = answer.runs.map(({ run, attempt, params }) => ({
          run,
          attempt,
          rows: rowsOf(params, points),
        }));
        const sentAt = performance.now();
        const told = await client.sweeps.tell(id, { runs: ends, ask });
        latencies.push(performance.now() - sentAt);
        for (const { accepted } of told.runs) if (accepted) endedAt.push(performance.now());
        answer = told.next;
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  const view = await client.sweeps.get(id);
  const wrong =
    view.counts.completed === runs && view.epochsDone === runs * points && endedAt.length === runs
      ? null
      : `the sweep is not whole: ${JSON.stringify(view.counts)}, ${view.epochsDone} steps`;
  return { runs, seconds, latencies, wrong, parts: partsOf(endedAt, begin) };
}

/** Any function of the params will do: what is timed is all around it. */
function rowsOf({ learning_rate, dropout, depth }, points) {
  const value = (Math.log10(learning_rate) + 3) ** 2 + (dropout - 0.2) ** 2 + (depth - 3) ** 2 / 9;
  return Array.from({ length: points }, (_, index) => ({
    step: index + 1,
    values: { value: value + 1 / (index + 1) },
  }));
}

/** Whether it slows down as its history grows. */
function partsOf(endedAt, begin) {
  const size = Math.ceil(endedAt.length / 4);
  return Array.from({ length: 4 }, (_, part) => {
    const from = part * size;
    const to = Math.min(endedAt.length, from + size);
    const ms = endedAt[to - 1] - (from === 0 ? begin : endedAt[from - 1]);
    return { from: from + 1, to, perSecond: ((to - from) * 1000) / ms };
  });
}

function optuna(python, url, { slots, seconds }) {
  if (python === "none") return "left out";
  const script = fileURLToPath(new URL("./peers/optuna_sweep.py", import.meta.url));
  const { hostname, port, username, password } = new URL(url);
  const address = `postgresql+psycopg2://${username}:${password}@${hostname}:${port}`;
  const answer = spawnSync(python, [script, address, String(slots), String(seconds)], {
    encoding: "utf8",
    timeout: 1_000 * Number(seconds) + 60_000,
  });
  if (answer.status !== 0)
    return (answer.error?.message ?? answer.stderr).trim().split("\n").at(-1) || "it ended";
  return JSON.parse(answer.stdout.trim().split("\n").at(-1));
}
