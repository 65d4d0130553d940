import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * `pnpm bench batch`: batches over a running Sweepyard's API, from the moment that a worker takes the
 * first chunk to the moment that the last result is stored, beside the same model in bare
 * onnxruntime on the same cores: a process with one thread for each slot, rows in memory, nothing
 * stored. The raw rate is the best of several sizes of a call.
 */

const USAGE = `usage: pnpm bench batch --url <server> --key <key> --model <name> --dataset <name> [options]

  --split train     of the data set: train or test
  --batches 6       over all of its rows, one after the other
  --processes 2     of bare onnxruntime: as many as the server's workers have slots
  --seconds 3       of bare onnxruntime, for each size of a call`;

const RAW = fileURLToPath(new URL("peers/onnxruntime_raw.mjs", import.meta.url));
const CALL_ROWS = [32, 256, 1024];
const GOAL = 0.5;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      url: { type: "string" },
      key: { type: "string" },
      model: { type: "string" },
      dataset: { type: "string" },
      split: { type: "string", default: "train" },
      batches: { type: "string", default: "6" },
      processes: { type: "string", default: "2" },
      seconds: { type: "string", default: "3" },
    },
  });
  const { url, key, model, dataset, split } = values;
  if ([url, key, model, dataset].includes(undefined)) {
    console.error(USAGE);
    return 2;
  }
  const call = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer;
  };

  const rates = [];
  for (let batch = 0; batch <= Number(values.batches); batch++) {
    const { items, ms } = await predictAll(call, { model, dataset, split });
    if (batch > 0) rates.push((items / ms) * 1000); // the first one loads the model
  }
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const range = `${Math.round(Math.min(...rates))} to ${Math.round(Math.max(...rates))}`;
  console.log(`Sweepyard, stored     ${Math.round(mean)} items/s (${range} in ${rates.length})`);

  const { versions } = await (await call("GET", `/models/${model}`)).json();
  const { version } = versions.find(({ aliases }) => aliases.includes("champion"));
  const file = await call("GET", `/models/${model}/versions/${version}/export/onnx`);
  const best = await rawRate(Buffer.from(await file.arrayBuffer()), values);
  const share = mean / best;
  const verdict = share >= GOAL ? "reached" : "missed";
  console.log(
    `of the raw rate       ${(share * 100).toFixed(0)} % (goal ${GOAL * 100} %: ${verdict})`,
  );
  return share >= GOAL ? 0 : 1;
}

async function predictAll(call, { model, dataset, split }) {
  const body = { dataset: { name: dataset, split }, top_k: 3, name: "bench" };
  let batch = await (await call("POST", `/models/${model}/batches`, body)).json();
  while (batch.endedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    batch = await (await call("GET", `/batches/${batch.id}`)).json();
  }
  if (batch.state !== "completed" || batch.done !== batch.items)
    throw new Error(`the batch is ${JSON.stringify(batch)}`);
  await call("DELETE", `/batches/${batch.id}`);
  return { items: batch.items, ms: Date.parse(batch.endedAt) - Date.parse(batch.startedAt) };
}

/** Images a second of all processes together, for the best size of a call. */
async function rawRate(model, { processes, seconds }) {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-bench-"));
  let best = 0;
  try {
    const path = join(folder, "model.onnx");
    await writeFile(path, model);
    for (const rows of CALL_ROWS) {
      const counts = await Promise.all(
        Array.from({ length: Number(processes) }, async () => {
          const child = fork(RAW, [path, String(rows), seconds]);
          const [rate] = await once(child, "message");
          return rate;
        }),
      );
      const rate = counts.reduce((sum, count) => sum + count, 0);
      console.log(`onnxruntime alone     ${Math.round(rate)} items/s in calls of ${rows}`);
      best = Math.max(best, rate);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return best;
}
