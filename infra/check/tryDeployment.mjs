import { execFileSync, fork } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** 8×8 images whose two classes are dark above or dark below: a network learns them at once. */
const SIDE = 8;
const ROWS = 400;

/**
 * Brings up the API and a worker from the pruned folders, as their images would, with a Postgres
 * and a Redis of this machine, and has them train and serve a small network.
 * @returns null, or what went wrong.
 */
export async function tryDeployment({ root, work, api, worker }) {
  const local = join(root, "packages/local/dist/index.js");
  if (!existsSync(local))
    return "packages/local is not built: pnpm --filter @sweepyard/local... build";
  const { startPostgres, startRedis } = await import(pathToFileURL(local).href);
  const stops = [];
  try {
    const postgres = await startPostgres({ dir: join(work, "postgres") });
    stops.push(() => postgres.stop());
    const redis = await startRedis({
      dir: join(work, "redis"),
      cacheDir: join(root, ".sweepyard/cache/redis"),
    });
    stops.push(() => redis.stop());

    const artifacts = join(work, "artifacts");
    mkdirSync(artifacts);
    // Nothing else of this process's environment, as in a container.
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ARTIFACTS_DIR: artifacts,
      API_PORT: "0",
      SLOTS: "1",
      LOG_LEVEL: "warn",
    };
    const admin = (...args) =>
      execFileSync(process.execPath, ["dist/admin.js", ...args], {
        cwd: api,
        env,
        encoding: "utf8",
      });
    admin("migrate");
    const { secret } = JSON.parse(admin("create-key", "--name", "check", "--json"));

    const { url } = await start("dist/main.js", { cwd: api, env }, stops);
    await start("dist/main.js", { cwd: worker, env }, stops);
    return await trainAndPredict(url, secret);
  } catch (error) {
    return error.stack;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Resolves with the message by which our apps say that they are ready. */
function start(entry, { cwd, env }, stops) {
  const child = fork(entry, { cwd, env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  stops.push(() => child.kill("SIGTERM") && exited);
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`${entry} in ${cwd} ended with ${code}`)));
  });
}

async function trainAndPredict(url, secret) {
  const call = async (method, path, body) => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined || isForm ? body : JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };

  await call("POST", "/datasets", datasetForm());
  const { id } = await call("POST", "/runs", {
    plan: {
      data: { dataset: "halves" },
      model: { template: "mlp", depth: 1, units: 16 },
      epochs: 5,
    },
  });
  const deadline = Date.now() + 60_000;
  let run;
  do {
    await new Promise((resolve) => setTimeout(resolve, 250));
    run = await call("GET", `/runs/${id}`);
  } while (["queued", "running"].includes(run.state) && Date.now() < deadline);
  if (run.state !== "completed")
    return `the run is ${run.state}: ${run.error?.message ?? run.stateReason}`;

  await call("POST", `/runs/${id}/promote`, { model: "halves" });
  const { predictions } = await call("POST", "/models/halves/predict", {
    instances: [image(0), image(1)],
  });
  const names = predictions.map(([first]) => first.name).join();
  return names === "above,below" ? null : `it predicts ${names} for above,below`;
}

const image = (label) =>
  Array.from({ length: SIDE }, (_, row) =>
    Array(SIDE).fill(row < SIDE / 2 === (label === 0) ? 20 : 230),
  );

function datasetForm() {
  const labels = Array.from({ length: ROWS }, (_, row) => row % 2);
  const pixels = labels.flatMap((label) => image(label).flat());
  const form = new FormData();
  form.set("name", "halves");
  form.set("classNames", JSON.stringify(["above", "below"]));
  for (const split of ["train", "test"]) {
    form.set(`${split}Images`, idx([ROWS, SIDE, SIDE], pixels), "images");
    form.set(`${split}Labels`, idx([ROWS], labels), "labels");
  }
  return form;
}

/** An IDX file of unsigned bytes. */
function idx(shape, bytes) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return new Blob([header, Uint8Array.from(bytes)]);
}
