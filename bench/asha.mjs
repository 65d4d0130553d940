import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recordCurves } from "./asha/recordCurves.mjs";
import { ashaSweep, randomSweep } from "./asha/replaySweeps.mjs";
import { EPOCHS, ROWS } from "./asha/sweep.mjs";
import { dataFolder } from "./engine/data.mjs";

const HELP = `pnpm bench asha [options]

Whether ASHA finds in a quarter of the epochs what random search finds in all of them, on the network
of the Fashion-MNIST assignment: learning rate, depth, width and dropout, ${EPOCHS} epochs at most, validation
accuracy. Curves of ${ROWS.train} rows were recorded once, each by a real training of a random
configuration (bench/asha/curves.json); sweeps over them are replayed for many seeds, with the pruner
and the promotions that real sweeps have.

  --seeds N        sweeps of each kind (100)
  --random-runs N  runs of random search, all trained to their end (27)
  --asha-runs N    runs that ASHA begins (50)
  --parallelism N  runs that ASHA trains at a time (4)
  --record N       train until N curves are recorded, and replay nothing
  --data FOLDER    the four IDX files of Fashion-MNIST, to record; FASHION_MNIST in the environment
                   does the same
  --json           one line of JSON in place of the sentences

Exit status 1: ASHA took more than a quarter of the epochs, or its mean best value is below random
search's by more than that differs from seed to seed (one standard deviation).
`;

const CURVES = fileURLToPath(new URL("asha/curves.json", import.meta.url));

/** @returns the exit status. */
export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      seeds: { type: "string", default: "100" },
      "random-runs": { type: "string", default: "27" },
      "asha-runs": { type: "string", default: "50" },
      parallelism: { type: "string", default: "4" },
      record: { type: "string" },
      data: { type: "string", default: process.env.FASHION_MNIST },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const counts = Object.fromEntries(
    ["seeds", "random-runs", "asha-runs", "parallelism", "record"]
      .filter((name) => values[name] !== undefined)
      .map((name) => [name, Number(values[name])]),
  );
  const wrong = Object.entries(counts).find(
    ([, count]) => !(Number.isInteger(count) && count >= 1),
  );
  if (wrong !== undefined) {
    console.error(`--${wrong[0]} must be a whole number from 1 on`);
    return 2;
  }
  if (counts.record !== undefined) {
    const { name, files, remove } = await dataFolder(values.data);
    if (name === "noise") {
      await remove();
      console.error("--record needs Fashion-MNIST: name its folder with --data");
      return 2;
    }
    await recordCurves(CURVES, { count: counts.record, files, say: console.log });
    return 0;
  }
  const { curves } = JSON.parse(await readFile(CURVES, "utf8"));
  const { "random-runs": randomRuns, "asha-runs": ashaRuns, seeds, parallelism } = counts;
  if (Math.max(randomRuns, ashaRuns) > curves.length) {
    console.error(`only ${curves.length} curves are recorded: take fewer runs, or --record more`);
    return 2;
  }
  const each = Array.from({ length: seeds }, (_, seed) => seed);
  const random = each.map((seed) => randomSweep(curves, { runs: randomRuns, seed }));
  const quarter = Math.max(1, Math.floor(randomRuns / 4));
  const little = each.map((seed) => randomSweep(curves, { runs: quarter, seed }));
  const asha = each.map((seed) => ashaSweep(curves, { runs: ashaRuns, parallelism, seed }));
  const found = {
    random: { epochs: randomRuns * EPOCHS, ...spread(random) },
    randomQuarter: { epochs: quarter * EPOCHS, ...spread(little) },
    asha: {
      epochs: mean(asha.map(({ epochs }) => epochs)),
      completed: mean(asha.map(({ completed }) => completed)),
      ...spread(asha.map(({ best }) => best)),
    },
  };
  const share = found.asha.epochs / found.random.epochs;
  const behind = found.random.mean - found.asha.mean;
  const reached = share <= 0.25 && behind <= found.random.deviation;
  if (values.json) console.log(JSON.stringify({ curves: curves.length, seeds, ...found, reached }));
  else {
    console.log(`${curves.length} recorded curves, ${seeds} sweeps of each kind\n`);
    console.log(`  random search: ${randomRuns} runs, ${line(found.random)}`);
    console.log(`  a quarter of it: ${quarter} runs, ${line(found.randomQuarter)}`);
    console.log(
      `  ASHA: ${ashaRuns} runs, of which ${found.asha.completed.toFixed(1)} complete, ${line(found.asha)}`,
    );
    console.log(
      `\n${reached ? "reached" : "missed"}: ${(100 * share).toFixed(1)} % of the epochs (at most 25), best ${difference(behind)} (at most ${found.random.deviation.toFixed(4)} below)`,
    );
  }
  return reached ? 0 : 1;
}

const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

function spread(numbers) {
  const center = mean(numbers);
  const squares = numbers.map((each) => (each - center) ** 2);
  const deviation = Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / (numbers.length - 1));
  return { mean: center, deviation, lowest: Math.min(...numbers), highest: Math.max(...numbers) };
}

const line = ({ epochs, mean, deviation, lowest, highest }) =>
  `${epochs.toFixed(0)} epochs, best ${mean.toFixed(4)} ± ${deviation.toFixed(4)} (${lowest.toFixed(4)} to ${highest.toFixed(4)})`;

const difference = (behind) => `${Math.abs(behind).toFixed(4)} ${behind > 0 ? "below" : "above"}`;
