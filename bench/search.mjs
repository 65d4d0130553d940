import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Space } from "@sweepyard/contract";
import {
  createSampler,
  createUniform,
  decideRuns,
  fanova,
  meanDecreaseImpurity,
  pedAnova,
  randomSampler,
  SweepHistory,
} from "@sweepyard/search";
import { startPeer } from "./peer.mjs";
import { pythonWith } from "./pythonWith.mjs";
import { quantile } from "./statistics.mjs";

const HELP = `pnpm bench search [options]

Times one ask of a sampler, and importance, on histories of growing length, beside Optuna in memory,
case by case in turn. After each ask the run is told its value, so that the history grows. The case
of a sweep is what a worker does: what ended since is added to the sweep's log, eight runs go on, and
the next one is decided.

  --asks N      asks that count, of each case (100); as many as a tenth of them warm up
  --cases LIST  which, of ${Object.keys(cases()).join(", ")} (all)
  --peers LIST  which, of sweepyard, optuna (all)
  --json        one line of JSON in place of the table

Optuna runs under the first Python of BENCH_PYTHON (a list like PATH), bench/.venv and python3 that
has it; where none has, it is left out.
Exit status 1: a limit was missed.
`;

/** Limits are of the 95th percentile of one ask, or of the median of one answer, in milliseconds. */
function cases() {
  return {
    "tpe-1000": { what: "ask", sampler: "tpe", problem: "hartmann6", runs: 1_000, limitMs: 5 },
    "tpe-10000": { what: "ask", sampler: "tpe", problem: "hartmann6", runs: 10_000, limitMs: 50 },
    "tpe-sweep-1000": {
      what: "sweep",
      sampler: "tpe",
      problem: "hartmann6",
      runs: 1_000,
      limitMs: 5,
    },
    "tpe-network-200": { what: "ask", sampler: "tpe", problem: "network", runs: 200, limitMs: 48 },
    "gp-300": {
      what: "ask",
      sampler: "gp",
      problem: "hartmann6",
      runs: 300,
      limitMs: 1_000,
      asks: 10,
    },
    "ped_anova-1000": importance("ped_anova", 1_000),
    "ped_anova-10000": importance("ped_anova", 10_000),
    "fanova-1000": importance("fanova", 1_000),
    "fanova-10000": importance("fanova", 10_000),
    "mean_decrease_impurity-1000": importance("mean_decrease_impurity", 1_000),
  };
}

function importance(method, runs) {
  return { what: "importance", method, problem: "hartmann6", runs, asks: 3 };
}

const float = (low, high, more) => ({ type: "float", low, high, ...more });
const units = (layer) => ({
  type: "int",
  low: 16,
  high: 512,
  log: true,
  ...(layer > 1 && { when: { param: "depth", op: ">=", value: layer } }),
});

const PROBLEMS = {
  hartmann6: {
    space: Space.parse(
      Object.fromEntries([1, 2, 3, 4, 5, 6].map((axis) => [`x${axis}`, float(0, 1)])),
    ),
    value: hartmann6,
  },
  network: {
    space: Space.parse({
      learning_rate: float(1e-5, 0.1, { log: true }),
      optimizer: { type: "categorical", choices: ["sgd", "momentum", "adam", "rmsprop"] },
      dropout: float(0, 0.6),
      depth: { type: "int", low: 1, high: 5 },
      ...Object.fromEntries([1, 2, 3, 4, 5].map((layer) => [`units_${layer}`, units(layer)])),
    }),
    value: ({ learning_rate, dropout, depth }) =>
      Math.abs(Math.log10(learning_rate) + 3) + dropout / 2 + Math.abs(depth - 3) / 4,
  },
};

function hartmann6(params) {
  const x = Object.values(params);
  const alpha = [1, 1.2, 3, 3.2];
  const A = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ];
  const P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ];
  const sum = (terms) => terms.reduce((total, term) => total + term, 0);
  const bowl = (i) => Math.exp(-sum(x.map((xj, j) => A[i][j] * (xj - P[i][j]) ** 2)));
  return -sum(alpha.map((weight, i) => weight * bowl(i)));
}

/** @returns the exit status. */
export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      asks: { type: "string", default: "100" },
      cases: { type: "string", default: Object.keys(cases()).join() },
      peers: { type: "string", default: "sweepyard,optuna" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const chosen = values.cases.split(",").map((name) => [name, cases()[name]]);
  const unknown = chosen.find(([, each]) => each === undefined)?.[0];
  if (unknown !== undefined) {
    console.error(`--cases: ${unknown} is none of ${Object.keys(cases()).join(", ")}`);
    return 2;
  }
  const asks = Number(values.asks);
  if (!(Number.isInteger(asks) && asks >= 1)) {
    console.error("--asks must be a whole number from 1 on");
    return 2;
  }
  const say = values.json ? console.error : console.log;
  say(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
  const peer = values.peers.split(",").includes("optuna")
    ? await startPeer("Optuna", [pythonWith("optuna"), here("peers/optuna_peer.py")], {
        threads: 1,
      })
    : { skipped: "not asked for" };
  if (peer.skipped !== undefined) say(`Optuna: left out (${peer.skipped})`);
  const rows = [];
  try {
    for (const [name, each] of chosen) {
      const setup = { ...each, asks: Math.min(asks, each.asks ?? asks) };
      const history = randomHistory(PROBLEMS[each.problem], each.runs);
      const ours = figures(timeOurs(setup, history));
      const theirs =
        peer.skipped === undefined && each.what !== "sweep"
          ? figures(await timeTheirs(peer, setup, history))
          : null;
      rows.push({ name, limitMs: each.limitMs ?? null, sweepyard: ours, optuna: theirs });
      say(line(rows.at(-1)));
    }
  } finally {
    peer.stop?.();
  }
  const missed = rows.filter(
    ({ limitMs, sweepyard }) => limitMs !== null && sweepyard.p95 > limitMs,
  );
  if (values.json) console.log(JSON.stringify({ cpu: cpus()[0]?.model.trim(), rows }));
  else
    for (const { name, limitMs } of missed)
      console.log(`${name} misses its limit of ${limitMs} ms`);
  return missed.length === 0 ? 0 : 1;
}

const here = (path) => new URL(path, import.meta.url).pathname;

function randomHistory({ space, value }, runs) {
  const seeds = createUniform(1);
  return Array.from({ length: runs }, (_, number) => {
    const { params } = randomSampler.ask(space, [], Math.floor(seeds() * 2 ** 32));
    return { number, params, state: "completed", value: value(params) };
  });
}

/** Milliseconds of each ask, or of each answer. */
function timeOurs({ what, sampler: name, method, problem, asks }, given) {
  const { space, value } = PROBLEMS[problem];
  const history = [...given];
  const times = [];
  const time = (work) => {
    const begin = performance.now();
    const result = work();
    times.push(performance.now() - begin);
    return result;
  };
  if (what === "importance") {
    const task = { space, history };
    for (let answer = 0; answer < asks; answer++)
      time(() => {
        if (method === "ped_anova") return pedAnova(task, ["minimize"]);
        return method === "fanova" ? fanova(task) : meanDecreaseImpurity(task);
      });
    return times;
  }
  if (what === "sweep") return timeSweep(PROBLEMS[problem], given, asks);
  const config = { tpe: TPE, gp: GP }[name];
  const sampler = createSampler(config, { direction: "minimize" });
  const warmUp = Math.ceil(asks / 10);
  for (let ask = 0; ask < warmUp + asks; ask++) {
    const { params } = time(() => sampler.ask(space, history, 1));
    history.push({ number: history.length, params, state: "completed", value: value(params) });
  }
  return times.slice(warmUp);
}

/** Milliseconds of each decision on a sweep's next run, with the log's new entries read. */
function timeSweep({ space, value }, given, asks) {
  const objective = { metric: "loss", direction: "minimize" };
  const sweep = {
    plan: {},
    trainer: { kind: "external" },
    objective,
    objectives: [objective],
    repeats: 1,
    folds: null,
    budget: {},
    plannedRuns: null,
    target: null,
    terminator: null,
    parallelism: GOING_ON + 1,
    seed: 1,
  };
  const history = new SweepHistory();
  const add = (entry) => history.add({ seq: history.seq + 1, entry });
  const settings = { kind: "settings", version: 1, space, sampler: TPE, pruner: { name: "none" } };
  add({ ...settings, actor: "bench", changes: {}, reason: "", withdrawn: 0 });
  const ended = (number, params) => ({
    kind: "run",
    number,
    state: "completed",
    values: [value(params)],
    constraints: [],
    points: [],
    excluded: false,
    epochs: 1,
    slotMs: 1,
  });
  const live = [];
  for (const [index, { params }] of given.entries()) {
    const [number, runs] = [index + 1, [{ number: index + 1, epochs: 1 }]];
    add({ kind: "ask", point: number, version: 1, params, by: "sampler", reason: null, runs });
    if (index < given.length - GOING_ON) add(ended(number, params));
    else live.push([number, params]);
  }
  const times = [];
  const warmUp = Math.ceil(asks / 10);
  for (let ask = 0; ask < warmUp + asks; ask++) {
    const nextNumber = given.length + 1 + ask;
    const situation = { nextNumber, elapsedSeconds: 0, liveSlotMs: 0, slots: { total: 0 } };
    const news = ended(...live.shift());
    const begin = performance.now();
    add(news);
    const { points } = decideRuns({ sweep, ...situation, wanted: 1 }, history);
    times.push(performance.now() - begin);
    live.push([nextNumber, points[0].asked.params]);
  }
  return times.slice(warmUp);
}

const GOING_ON = 8;

const TPE = { name: "tpe", n_startup_trials: 10, n_ei_candidates: 24, group: false };
const GP = { name: "gp", n_startup_trials: 10, deterministic_objective: false };

async function timeTheirs(peer, setup, history) {
  const { space } = PROBLEMS[setup.problem];
  const runs = history.map(({ params, value }) => ({ params, value }));
  const { times } = await peer.ask(JSON.stringify({ ...setup, space, history: runs }));
  return times;
}

const figures = (times) => ({
  median: quantile(times, 0.5),
  p95: quantile(times, 0.95),
  asks: times.length,
});

function line({ name, limitMs, sweepyard, optuna }) {
  const show = (each) => `median ${ms(each.median)}, p95 ${ms(each.p95)} ms`;
  const theirs = optuna === null ? "" : `   Optuna ${show(optuna)}`;
  const limit = limitMs === null ? "" : `   limit ${limitMs} ms`;
  return `${name.padEnd(28)} ${show(sweepyard)}${theirs}${limit}`;
}

const ms = (time) => time.toPrecision(3).padStart(7);
