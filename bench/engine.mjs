import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { dataFolder } from "./engine/data.mjs";
import { machine } from "./engine/machine.mjs";
import { measureCase, measureTwoAtOnce } from "./engine/measureCase.mjs";
import { PEERS } from "./engine/peers.mjs";
import { reportLines } from "./engine/report.mjs";
import { SUITES } from "./engine/suites.mjs";

const HELP = `pnpm bench engine [options]

Trains models on Fashion-MNIST beside PyTorch, Keras and TensorFlow.js, epoch by epoch in turn, and
prints samples per second: of training alone, and how whole epochs compare, which end with
validation as the example's fit(validation_split=0.2) does. The full suite also measures two runs at
once, the time to a run's first step, its memory, and the machine's peak in matrix products.

  --suite NAME   quick (one or two minutes) or full (about fifteen)  (quick)
  --only TEXT    cases whose name holds it
  --threads N    of every case, --batch N its batch size, --rows N its training rows,
  --rounds N     epochs that count, of each; one more before them warms up
  --peers LIST   which, of ${Object.keys(PEERS).join(", ")}
  --data FOLDER  the four IDX files of Fashion-MNIST; FASHION_MNIST in the environment does the same;
                 without either, Debian's folder, else noise of the same size
  --output FILE  writes all figures there as JSON
  --json         prints them in place of the table

Python's peers run under the first of BENCH_PYTHON (a list like PATH), bench/.venv and python3 that
has their library; TensorFlow.js needs the binding of infra/tfjs-binding/build.mjs.
`;

const here = (path) => new URL(path, import.meta.url).pathname;

/** @returns the exit status. */
export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      suite: { type: "string", default: "quick" },
      only: { type: "string", default: "" },
      threads: { type: "string" },
      batch: { type: "string" },
      rows: { type: "string" },
      rounds: { type: "string" },
      peers: { type: "string" },
      data: { type: "string", default: process.env.FASHION_MNIST },
      output: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const mistake = mistakeIn(values);
  if (mistake !== undefined) {
    console.error(mistake);
    return 2;
  }
  const say = values.json ? console.error : console.log;
  const data = await dataFolder(values.data);
  try {
    const result = await measure(values, data, say);
    if (values.output !== undefined)
      await writeFile(values.output, `${JSON.stringify(result, null, 2)}\n`);
    console.log(values.json ? JSON.stringify(result) : `\n${reportLines(result).join("\n")}`);
  } finally {
    await data.remove();
  }
  return 0;
}

function mistakeIn({ suite, peers, threads, batch, rows, rounds }) {
  if (SUITES[suite] === undefined)
    return `--suite: ${suite} is none of ${Object.keys(SUITES).join(", ")}`;
  const unknown = peers?.split(",").find((id) => PEERS[id] === undefined);
  if (unknown !== undefined)
    return `--peers: ${unknown} is none of ${Object.keys(PEERS).join(", ")}`;
  for (const [name, value] of Object.entries({ threads, batch, rows, rounds }))
    if (value !== undefined && !(Number.isInteger(Number(value)) && Number(value) > 0))
      return `--${name}: ${value} is no whole number above 0`;
  return undefined;
}

async function measure(values, data, say) {
  const changes = Object.fromEntries(
    ["threads", "batch", "rows", "rounds"]
      .filter((name) => values[name] !== undefined)
      .map((name) => [name, Number(values[name])]),
  );
  const peers = values.peers && { peers: values.peers.split(",") };
  const cases = [];
  for (const chosen of SUITES[values.suite]) {
    if (!chosen.name.includes(values.only)) continue;
    say(chosen.name);
    cases.push(await measureCase({ ...chosen, ...data.files, ...changes, ...peers }, say));
  }
  const result = { machine: machine(), commit: commit(), data: data.name, cases };
  const peakGflops = child("peers/matrix_peak.mjs").gflops;
  if (values.suite !== "full" || values.only !== "") return { ...result, peakGflops };
  const seed = { ...SUITES.full[0], ...data.files };
  say("two runs at once");
  const twoAtOnce = await measureTwoAtOnce(seed, 5, say);
  const start = child("peers/sweepyard_start.mjs", JSON.stringify(seed));
  return { ...result, peakGflops, twoAtOnce, start };
}

/** What a program prints as JSON. */
const child = (program, ...args) =>
  JSON.parse(execFileSync(process.execPath, [here(program), ...args], { encoding: "utf8" }));

function commit() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // not a clone, or no git
  }
}
