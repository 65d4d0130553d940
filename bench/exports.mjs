import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { EXPORT_FORMATS } from "@sweepyard/contract";
import { calibrationRows, exportTrained, measureExport, onnxEngine } from "@sweepyard/engine";
import { dataFolder } from "./engine/data.mjs";
import { machine } from "./engine/machine.mjs";
import { seedPlan, seedRows } from "./peers/seedRun.mjs";
import { pythonWith } from "./pythonWith.mjs";

const HELP = `pnpm bench exports [options]

Trains the example's network on Fashion-MNIST, exports it to every format, runs each file on all
10,000 test images, and prints size, accuracy, agreement with the trained model and latency.
TensorFlow Lite files and the .keras file are run by TensorFlow's own interpreter and by Keras if a
Python of BENCH_PYTHON (a list like PATH), bench/.venv or the PATH has TensorFlow.

Fails if int8 is above 27 % of the size of float32, or its accuracy not within 0.5 points.

  --model NAME   mlp (512 and 256 units) or cnn (32 and 64 filters)  (mlp)
  --epochs N     of training  (15)
  --data FOLDER  the four IDX files of Fashion-MNIST; FASHION_MNIST in the environment does the same
  --json         prints the figures as JSON`;

const MODELS = {
  mlp: { template: "mlp", units: [512, 256] },
  cnn: { template: "cnn", filters: [32, 64], units: 128 },
};
const MOST_OF_FLOAT = 0.27;
const MOST_POINTS = 0.5;

/** @returns the exit status. */
export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mlp" },
      epochs: { type: "string", default: "15" },
      data: { type: "string", default: process.env.FASHION_MNIST },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const model = MODELS[values.model];
  if (values.help || model === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const data = await dataFolder(values.data);
  try {
    const setup = { ...data.files, model, batch: 64, rows: 48_000, validation: 12_000 };
    const dataset = await seedRows(setup);
    const trained = await train(seedPlan(setup, plan(Number(values.epochs))), dataset);
    const python = findTensorFlow();
    const rows = [];
    for (const format of EXPORT_FORMATS) {
      const bytes = await exportTrained(trained, format, () => calibrationRows(dataset.train));
      const figures = await measureExport(trained, format, bytes, dataset.test, {
        whole: true,
        python,
      });
      rows.push({ format, bytes: bytes.length, ...figures });
      if (!values.json) console.log(describe(rows.at(-1)));
    }
    const verdict = judge(rows);
    const result = { machine: machine(), data: data.name, model, figures: rows, ...verdict };
    if (values.json) console.log(JSON.stringify(result));
    else console.log(verdict.text);
    return verdict.passed ? 0 : 1;
  } finally {
    await data.remove();
  }
}

const plan = (epochs) => ({
  epochs,
  validation_split: 0.2,
  optimizer: { class_name: "Adam", learning_rate: 0.001 },
});

async function train(plan, dataset) {
  const job = { plan, dataset, threads: 2 };
  for await (const event of onnxEngine.train(job, new AbortController().signal))
    if (event.kind === "trained") return { plan, data: dataset, weights: event.weights };
  throw new Error("the network did not train");
}

/** Undefined if no Python has it: our own readers then run the files. */
function findTensorFlow() {
  const python = pythonWith("tensorflow");
  try {
    execFileSync(python, ["-c", "import tensorflow"], { stdio: "ignore" });
    return python;
  } catch {
    return undefined;
  }
}

function describe({ format, bytes, accuracy, agreement, latencyMs, measuredWith }) {
  const latency = latencyMs === null ? "-".padStart(8) : latencyMs.toFixed(3).padStart(8);
  return (
    `${format.padEnd(15)} ${String(bytes).padStart(9)} bytes  accuracy ${accuracy.toFixed(4)}  ` +
    `agrees ${agreement.toFixed(4)}  ${latency} ms  ${measuredWith}`
  );
}

function judge(rows) {
  const of = (wanted) => rows.find(({ format }) => format === wanted);
  const share = of("tflite-int8").bytes / of("tflite-float32").bytes;
  const points = 100 * Math.abs(of("tflite-int8").accuracy - of("tflite-float32").accuracy);
  return {
    share,
    points,
    passed: share <= MOST_OF_FLOAT && points <= MOST_POINTS,
    text:
      `int8 is ${(100 * share).toFixed(1)} % of float32 (at most ${100 * MOST_OF_FLOAT} %), ` +
      `accuracy ${points.toFixed(2)} points away (at most ${MOST_POINTS})`,
  };
}
