import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPeer } from "./peer.mjs";

const HELP = `pnpm bench engine [options]

Trains the network 784-512-256-10 (relu, softmax, Adam) beside PyTorch (fused Adam) and Keras,
epoch by epoch in turn, and prints samples per second: of training alone, and of whole epochs, which
end with validation as the example's fit(validation_split=0.2) does.

  --rounds N     epochs that count, of each (5); one more before them warms up
  --threads N    CPU threads of each (1)
  --batch N      batch size (64)
  --rows N       training rows (48000)
  --validation N rows that validate after each epoch (12000)
  --peers LIST   which, of onnx,pytorch,keras (all)
  --data FOLDER  the four IDX files of Fashion-MNIST; FASHION_MNIST in the environment does the same;
                 without either, Debian's folder, else noise of the same size
  --json         one line of JSON in place of the table

PyTorch and Keras run under BENCH_PYTHON, else bench/.venv, else python3; what is not there is left out.
`;

const FILES = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
};
const DEBIAN = "/usr/share/datasets/fashion-mnist";

const here = (path) => new URL(path, import.meta.url).pathname;
const python = () =>
  process.env.BENCH_PYTHON ??
  (existsSync(here(".venv/bin/python")) ? here(".venv/bin/python") : "python3");

const PEERS = {
  onnx: {
    label: "sweepyard (onnx)",
    command: () => [process.execPath, here("peers/sweepyard.mjs")],
  },
  pytorch: { label: "PyTorch, fused Adam", command: () => [python(), here("peers/pytorch.py")] },
  keras: { label: "Keras on TensorFlow", command: () => [python(), here("peers/keras_peer.py")] },
};

/** @returns the exit status. */
export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      rounds: { type: "string", default: "5" },
      threads: { type: "string", default: "1" },
      batch: { type: "string", default: "64" },
      rows: { type: "string", default: "48000" },
      validation: { type: "string", default: "12000" },
      peers: { type: "string", default: "onnx,pytorch,keras" },
      data: { type: "string", default: process.env.FASHION_MNIST },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const chosen = values.peers.split(",");
  const unknown = chosen.find((id) => PEERS[id] === undefined);
  if (unknown !== undefined) {
    console.error(`--peers: ${unknown} is none of ${Object.keys(PEERS).join(", ")}`);
    return 2;
  }
  const say = values.json ? console.error : console.log;
  const data = await dataFolder(values.data);
  const setup = {
    ...data.files,
    threads: Number(values.threads),
    batch: Number(values.batch),
    rows: Number(values.rows),
    validation: Number(values.validation),
  };
  say(
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores; ${setup.threads} thread(s), ` +
      `batch ${setup.batch}, ${setup.rows} rows of ${data.name}`,
  );

  const peers = [];
  try {
    for (const id of chosen) {
      const { label, command } = PEERS[id];
      const peer = await startPeer(label, command(), setup);
      if (peer.skipped === undefined) peers.push({ id, label, peer, epochs: [] });
      else say(`${label}: left out (${peer.skipped})`);
    }
    for (let round = 0; round <= Number(values.rounds); round++) {
      for (const { label, peer, epochs } of peers) {
        const epoch = await peer.epoch();
        if (round > 0) epochs.push(epoch);
        say(
          `${round === 0 ? "warm-up" : `round ${round}`}  ${label.padEnd(20)} ` +
            `${rate(setup.rows, epoch.seconds)} samples/s training, ` +
            `${rate(setup.rows, epoch.epochSeconds)} with validation  loss ${epoch.loss.toFixed(4)}`,
        );
      }
    }
  } finally {
    for (const { peer } of peers) peer.stop();
    await data.remove();
  }
  report(peers, setup, values.json);
  return 0;
}

const rate = (rows, seconds) => String(Math.round(rows / seconds)).padStart(7);

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** Ratios are medians over the rounds of the ratio within one round: what slows a whole round cancels. */
function report(peers, setup, json) {
  const own = peers.find(({ id }) => id === "onnx");
  const figures = (epochs, key) => ({
    samplesPerSecond: Math.round(setup.rows / median(epochs.map((epoch) => epoch[key]))),
    onnxIsFasterBy:
      own && median(epochs.map((epoch, round) => epoch[key] / own.epochs[round][key])),
  });
  const rows = peers.map(({ id, label, peer, epochs }) => ({
    id,
    label,
    version: peer.version,
    training: figures(epochs, "seconds"),
    wholeEpochs: figures(epochs, "epochSeconds"),
  }));
  if (json) {
    console.log(JSON.stringify({ cpu: cpus()[0]?.model.trim(), ...setup, peers: rows }));
    return;
  }
  for (const [title, key] of [
    ["training alone", "training"],
    ["whole epochs, with validation", "wholeEpochs"],
  ]) {
    console.log(`\n${title.padEnd(50)}samples/s   onnx is faster by`);
    for (const { id, label, version, [key]: figure } of rows) {
      const { samplesPerSecond, onnxIsFasterBy } = figure;
      const ratio = id === "onnx" || !onnxIsFasterBy ? "" : `${onnxIsFasterBy.toFixed(2)} times`;
      const name = `${label} ${version}`.padEnd(50);
      console.log(`${name}${String(samplesPerSecond).padStart(9)}   ${ratio}`);
    }
  }
}

/** Paths of the four files: real ones, or noise in a folder of its own. */
async function dataFolder(chosen) {
  const folder = chosen ?? (existsSync(DEBIAN) ? DEBIAN : undefined);
  if (folder !== undefined) {
    const files = Object.entries(FILES).map(([key, file]) => [key, join(folder, file)]);
    return { name: "Fashion-MNIST", files: Object.fromEntries(files), remove: async () => {} };
  }
  const noise = await mkdtemp(join(tmpdir(), "sweepyard-bench-"));
  const files = {};
  for (const [key, file] of Object.entries(FILES)) {
    const rows = key.startsWith("train") ? 60_000 : 10_000;
    const shape = key.endsWith("Images") ? [rows, 28, 28] : [rows];
    files[key] = join(noise, file.replace(".gz", ""));
    await writeFile(files[key], noiseIdx(shape));
  }
  return { name: "noise", files, remove: () => rm(noise, { recursive: true }) };
}

/** Half of the pixels are 0, as in the real images; labels are 0..9. */
function noiseIdx(shape) {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const bytes = Buffer.alloc(4 + shape.length * 4 + size);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((axis, index) => {
    bytes.writeUInt32BE(axis, 4 + index * 4);
  });
  let state = 1;
  for (let i = 4 + shape.length * 4; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = shape.length === 1 ? (state >>> 8) % 10 : Math.max(0, (state >>> 23) - 256);
  }
  return bytes;
}
