import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { quantile } from "./statistics.mjs";

const USAGE = `usage: pnpm bench serve --url <server> --key <key> --model <name> [options]

Sends one image as JSON, again and again, to a running Sweepyard and to what a user would write
instead, and prints requests a second, p50 and p99.

  --connections 1,16,64   how many at a time
  --seconds 5             for each
  --python <program>      with fastapi, uvicorn and onnxruntime; may be given more than once, and one
                          that has keras as well also serves the model by Keras`;

const PEERS = ["onnxruntime", "keras"];
const PEER_FILE = fileURLToPath(new URL("peers/fastapi_peer.py", import.meta.url));
const WARM_SECONDS = 1;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      url: { type: "string" },
      key: { type: "string" },
      model: { type: "string" },
      connections: { type: "string", default: "1,16,64" },
      seconds: { type: "string", default: "5" },
      python: { type: "string", multiple: true, default: [] },
    },
  });
  const { url, key, model } = values;
  if (url === undefined || key === undefined || model === undefined) {
    console.error(USAGE);
    return 2;
  }
  const served = await describeModel(values);
  const size = served.inputShape.reduce((product, axis) => product * axis, 1);
  const image = Array.from({ length: size }, (_, i) => (i * 7) % 256);
  const body = JSON.stringify({ instances: [image] });
  const own = {
    name: "Sweepyard",
    url: `${url}/api/v1/models/${model}/predict`,
    headers: { authorization: `Bearer ${key}` },
    stop: () => {},
  };
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-bench-"));
  try {
    const targets = [own, ...(await startPeers(values, served, folder))];
    for (const connections of values.connections.split(",").map(Number))
      for (const target of targets) {
        await load(target, body, connections, WARM_SECONDS);
        const { times, failed, seconds } = await load(
          target,
          body,
          connections,
          Number(values.seconds),
        );
        console.log(describe(target.name, connections, times, failed, seconds));
      }
    for (const target of targets) target.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
  return 0;
}

function describe(name, connections, times, failed, seconds) {
  const at = (share) => (quantile(times, share) ?? Number.NaN).toFixed(2);
  const rate = Math.round(times.length / seconds);
  return (
    `${name.padEnd(22)} ${String(connections).padStart(3)} connections ` +
    `${String(rate).padStart(6)} requests/s  p50 ${at(0.5)} ms  p99 ${at(0.99)} ms` +
    `${failed > 0 ? `  ${failed} failed` : ""}`
  );
}

/** Each connection sends its next request when the last is answered. */
async function load({ url, headers }, body, connections, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  let failed = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const connection = async () => {
    while (performance.now() < end) {
      const sent = performance.now();
      if (await post(url, agent, headers, body)) times.push(performance.now() - sent);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  return { times, failed, seconds: (performance.now() - start) / 1000 };
}

function post(url, agent, headers, body) {
  return new Promise((resolve) => {
    const sending = request(
      url,
      {
        method: "POST",
        agent,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode === 200));
      },
    );
    sending.on("error", () => resolve(false));
    sending.end(body);
  });
}

/** What each Python can serve, from the model's own exported files. */
async function startPeers({ url, key, model, python }, { version, inputShape }, folder) {
  if (python.length === 0) return [];
  const files = {};
  for (const [peer, format] of [
    ["onnxruntime", "onnx"],
    ["keras", "keras"],
  ]) {
    const answer = await get(url, key, `/models/${model}/versions/${version}/export/${format}`);
    files[peer] = join(folder, `model.${format}`);
    await writeFile(files[peer], Buffer.from(await answer.arrayBuffer()));
  }
  const started = [];
  for (const program of python)
    for (const peer of PEERS) {
      const target = await startPeer(program, peer, files[peer], inputShape);
      if (target.skipped === undefined) started.push(target);
      else console.error(`FastAPI + ${peer} by ${program}: skipped, ${target.skipped}`);
    }
  return started;
}

/** The champion's version, and the shape of what it takes. */
async function describeModel({ url, key, model }) {
  const { versions } = await (await get(url, key, `/models/${model}`)).json();
  const { version, dataset } = versions.find(({ aliases }) => aliases.includes("champion"));
  const data = await get(url, key, `/datasets/${dataset.name}?version=${dataset.version}`);
  return { version, inputShape: (await data.json()).inputShape };
}

async function get(url, key, path) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (answer.ok) return answer;
  throw new Error(`${path}: ${await answer.text()}`);
}

async function startPeer(program, peer, file, inputShape) {
  const child = spawn(program, [PEER_FILE, peer, file, inputShape.join()], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.on("error", (error) => {
    complaint = error.message;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { done, value: port } = await lines.next();
  if (done) return { skipped: complaint.trim().split("\n").at(-1) || "it ended" };
  const url = `http://127.0.0.1:${port}/predict`;
  for (let tries = 0; tries < 100 && !(await answers(url)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return { name: `FastAPI + ${peer}`, url, headers: {}, stop: () => child.kill() };
}

const answers = (url) =>
  fetch(url, { method: "POST" }).then(
    () => true,
    () => false,
  );
