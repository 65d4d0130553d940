import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { readEnv, readStage } from "./readDockerfile.mjs";
import { tryDeployment } from "./tryDeployment.mjs";

/**
 * Does what the build stages do, in clones of the last commit: nothing uncommitted, ignored or
 * built before can help. Then brings up what came out of it.
 */
export async function replayImages({ root, report }) {
  const work = mkdtempSync(join(tmpdir(), "sweepyard-images-"));
  const read = (name) => readFileSync(join(root, `infra/docker/${name}.Dockerfile`), "utf8");
  try {
    const outs = {};
    for (const image of ["api", "worker", "dashboard"]) {
      const problem = replay({ root, work: join(work, image), dockerfile: read(image) });
      report(`replay: ${image}`, problem);
      if (problem === null) outs[image] = join(work, image, "out");
    }
    const sameBuild =
      JSON.stringify(readStage(read("worker"), "build")) ===
      JSON.stringify(readStage(read("worker-gpu"), "build"));
    report("worker-gpu builds as worker does", sameBuild ? null : "their build stages differ");
    if (outs.dashboard)
      report(
        "dashboard: index.html",
        existsSync(join(outs.dashboard, "index.html")) ? null : "it is missing",
      );
    if (outs.api) report("api: only this platform's binaries", foreignBinaries(outs.api));
    if (outs.worker) {
      report("worker: only this platform's binaries", foreignBinaries(outs.worker));
      report("worker-gpu: the provider's installer", cudaInstaller(outs.worker));
    }
    if (outs.api && outs.worker)
      report(
        "api and worker: migrate, train, predict",
        await tryDeployment({ root, work, ...outs }),
      );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Null, or what the first failing step said. */
function replay({ root, work, dockerfile }) {
  const repo = join(work, "repo");
  mkdirSync(work, { recursive: true });
  execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${root}`, repo]);
  rmSync(join(repo, ".git"), { recursive: true }); // .dockerignore keeps it out

  // This machine's store stands for the cache mount, a folder of our own for global installs.
  const store = execFileSync("pnpm", ["store", "path"], { cwd: root, encoding: "utf8" }).trim();
  const global = join(work, "global");
  const places = { repo, out: join(work, "out"), "pnpm/store": store.replace(/\/v\d+$/, "") };
  const here = (text) =>
    text.replace(/(?<![\w./@-])\/(repo|out|pnpm\/store)(?![\w-])/g, (_, place) => places[place]);

  let cwd = work;
  const env = { ...process.env, npm_config_prefix: global };
  env.PATH = [join(global, "bin"), process.env.PATH].join(delimiter);
  for (const { name, rest } of readStage(dockerfile, "build")) {
    if (name === "ENV") Object.assign(env, readEnv(here(rest)));
    if (name === "WORKDIR") cwd = here(rest);
    if (name !== "RUN") continue; // COPY . . is the clone
    const command = here(rest.replace(/--mount=\S+\s+/g, ""));
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd,
      env,
      encoding: "utf8",
    });
    if (status !== 0) return `${command}\n${stdout.slice(-3000)}${stderr.slice(-3000)}`;
    const said = stdout.trim().split("\n").at(-1);
    if (command.includes("prune.mjs")) console.log(`        ${said}`);
  }
  return null;
}

const onnxRuntimeOf = (out) => join(out, "node_modules/.pnpm/node_modules/onnxruntime-node");

function foreignBinaries(out) {
  const bin = join(onnxRuntimeOf(out), "bin");
  const present = readdirSync(bin).flatMap((napi) =>
    readdirSync(join(bin, napi)).flatMap((platform) =>
      readdirSync(join(bin, napi, platform)).map((arch) => `${platform}-${arch}`),
    ),
  );
  const own = `${process.platform}-${process.arch}`;
  return present.join() === own ? null : `there are ${present.join(", ")} instead of ${own}`;
}

/** What worker-gpu.Dockerfile calls must be there and know CUDA 12; it is not run: 300 MB. */
function cudaInstaller(out) {
  const script = join(onnxRuntimeOf(out), "script");
  if (!existsSync(join(script, "install.js"))) return "script/install.js is missing";
  const { requirements } = createRequire(join(script, "x"))("./install-metadata.js");
  return requirements["linux/x64"].includes("cuda12") ? null : "it offers no cuda12";
}
