// Takes a fresh clone to a running Sweepyard: `npm start`, `npm run demo`, `npm test`, `npm run check`.
// Plain Node and nothing else: neither pnpm nor any package can be expected to be there yet.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HOME = resolve(process.env.SWEEPYARD_HOME || join(ROOT, ".sweepyard"));
const LEAST_NODE = [20, 19];
const FOLDERS = ["apps", "packages"];
const UNIT_PROJECTS = ["contract", "engine", "search", "dashboard"];
const USAGE =
  "usage: node packages/local/bootstrap.mjs start | demo [--json] | test [vitest options] | check";

/** An error that a person caused or can cure: shown without a stack. */
class PlainError extends Error {}

const [command, ...args] = process.argv.slice(2);
let running = null; // the child at work, which a signal has to reach

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupt);
function interrupt(signal) {
  running?.kill("SIGTERM");
  say("");
  process.exit(signal === "SIGINT" ? 130 : 143);
}

try {
  requireNode();
  if (!["start", "demo", "test", "check"].includes(command)) throw new PlainError(USAGE);
  await mkdir(join(HOME, "logs"), { recursive: true });
  const workspace = await readWorkspace();
  await install(workspace);
  await build(workspace);
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
  if (command === "test") process.exitCode = await test();
  else if (command === "check") process.exitCode = await check(workspace);
  else {
    const { start } = await import(pathToFileURL(join(ROOT, "packages/local/dist/start.js")).href);
    process.exit(await start([command, ...args])); // idle connections would hold it back
  }
} catch (error) {
  const full = ["ENOSPC", "EDQUOT"].includes(error.code);
  const noFolder = ["EEXIST", "ENOTDIR", "EACCES", "EROFS"].includes(error.code);
  if (full) say(`sweepyard: the disk is full (${error.message}): free some space and try again`);
  else if (noFolder)
    say(
      `sweepyard: ${HOME} can't be the folder of all state (${error.message}): see SWEEPYARD_HOME`,
    );
  else say(`sweepyard: ${error instanceof PlainError ? error.message : error.stack}`);
  process.exitCode = 1;
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new PlainError(
    `Node ${LEAST_NODE.join(".")} or newer is needed, and this is ${process.versions.node}: see https://nodejs.org/en/download`,
  );
}

/** Every package.json of the workspace, and the files that say what is to be installed. */
async function readWorkspace() {
  const folders = [];
  for (const parent of FOLDERS)
    for (const name of await readdir(join(ROOT, parent)))
      if (existsSync(join(ROOT, parent, name, "package.json"))) folders.push(`${parent}/${name}`);
  const manifests = ["", ...folders, "bench", "e2e", "examples/shop", "examples/upload-form"]
    .map((folder) => join(folder, "package.json"))
    .filter((path) => existsSync(join(ROOT, path)));
  const { packageManager } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  return { folders, manifests, pnpmVersion: packageManager.replace("pnpm@", "") };
}

async function install({ manifests, pnpmVersion }) {
  const hash = createHash("sha256");
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests])
    hash.update(`${path}\0${await readFile(join(ROOT, path))}\0`);
  const stamp = stampFile("install", hash.digest("hex"));
  if (await stamp.matches()) return;
  const bar = progress("Installing packages (once; about 1 GB on disk)");
  await runLogged("install", await pnpm(pnpmVersion), {
    args: ["install", "--frozen-lockfile", "--reporter=append-only"],
    onLine(line) {
      const counts = /Progress: resolved (\d+), reused (\d+), downloaded (\d+)/.exec(line);
      if (counts === null) return;
      const [resolved, reused, downloaded] = counts.slice(1).map(Number);
      bar.show(reused + downloaded, resolved, "packages");
    },
    adviseOn: /registry|ENOTFOUND|EAI_AGAIN|ECONN|TIMEDOUT|CERT|fetch failed|E40\d/i,
    advice:
      "Packages come from the npm registry: check the network, the proxy settings and `npm config get registry`, then try again",
  });
  bar.done();
  await stamp.write();
}

/** Turborepo builds what has changed; when no source file has, not even that is asked. */
async function build({ folders, manifests, pnpmVersion }) {
  const sources = [...manifests, "pnpm-lock.yaml", "turbo.json", "tsconfig.base.json"];
  for (const folder of [...folders, "prisma", "e2e", "examples"])
    sources.push(...(await listFiles(folder)));
  const hash = createHash("sha256");
  for (const path of sources.sort()) {
    const { size, mtimeMs } = await stat(join(ROOT, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  }
  // What is served needs no example and no test driver.
  const served = ["start", "demo"].includes(command);
  const stamp = stampFile(served ? "build-served" : "build", hash.digest("hex"));
  const scope = served ? FOLDERS.map((folder) => `--filter=./${folder}/*`) : [];
  const built = folders.every(
    (folder) => !existsSync(join(ROOT, folder, "src")) || existsSync(join(ROOT, folder, "dist")),
  );
  if (built && (await stamp.matches())) return;
  const bar = progress("Building");
  let finished = 0;
  await runLogged("build", await pnpm(pnpmVersion), {
    args: ["exec", "turbo", "run", "build", ...scope, "--output-logs=new-only", "--ui=stream"],
    onLine(line) {
      if (/:build: .*(cache (hit|miss))/.test(line)) bar.show(++finished, folders.length, "parts");
    },
  });
  bar.done();
  await stamp.write();
}

/** Runs every test of the workspace; vitest's exit status is ours. */
async function test() {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", ...args], { cwd: ROOT, stdio: "inherit" });
  // Ctrl-C reaches vitest by itself; it then stops its servers, and we wait for that.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code, signal] = await closed(child);
  return code ?? (signal === "SIGINT" ? 130 : 1);
}

/** Format, lint, layers, types and dead code of the workspace, then the tests that need no server. */
async function check({ pnpmVersion }) {
  const [program, ...first] = await pnpm(pnpmVersion);
  const steps = [
    ["biome", "check", "."],
    ["turbo", "run", "typecheck", "--output-logs=errors-only", "--ui=stream"],
    ["knip"],
    ["vitest", "run", ...UNIT_PROJECTS.flatMap((name) => ["--project", `@sweepyard/${name}`])],
  ];
  for (const step of steps) {
    say(`› ${step.slice(0, 3).join(" ")}`);
    const child = spawn(program, [...first, "exec", ...step], { cwd: ROOT, stdio: "inherit" });
    const [code] = await closed(child);
    if (code !== 0) return code ?? 1;
  }
  return 0;
}

/** The pinned pnpm: the one on the PATH if it is that version, else out of npm's cache. */
async function pnpm(version) {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    if (!existsSync(join(folder, "pnpm"))) continue;
    const said = await capture("pnpm", ["--version"]);
    if (said.trim() === version) return ["pnpm"];
    break;
  }
  return ["npx", "--yes", `pnpm@${version}`];
}

/** Runs a command with its words in a log; shows the log's end when it fails. */
async function runLogged(name, [program, ...first], { args, onLine, adviseOn, advice }) {
  const path = join(HOME, "logs", `${name}.log`);
  const log = createWriteStream(path);
  const env = { ...process.env, CI: "1", TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
  const child = spawn(program, [...first, ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text) => {
      log.write(text);
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop();
      for (const line of lines) {
        onLine?.(line);
        if (line.trim() !== "" && tail.push(line) > 25) tail.shift();
      }
    });
  }
  const [code, signal] = await closed(child).catch((error) => {
    tail.push(error.message);
    return [1, null];
  });
  running = null;
  log.end();
  if (code === 0) return;
  const words = tail.join("\n");
  if (/ENOSPC|no space left on device/i.test(words))
    throw new PlainError(`${name} failed: the disk is full. Free some space and try again`);
  say(`\n${words}\n`);
  const shown = relative(process.cwd(), path);
  throw new PlainError(
    `${name} failed (${signal ?? `exit status ${code}`}); the whole log is ${shown}. ${adviseOn?.test(words) ? advice : ""}`.trim(),
  );
}

function closed(child) {
  return new Promise((fulfil, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => fulfil([code, signal]));
  });
}

async function capture(program, programArgs) {
  const child = spawn(program, programArgs, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await closed(child).catch(() => {});
  return text;
}

/** Remembers, inside node_modules, for which state of the sources a step was last done. */
function stampFile(name, state) {
  const path = join(ROOT, "node_modules", `.sweepyard-${name}`);
  return {
    matches: () =>
      readFile(path, "utf8").then(
        (stored) => stored === state,
        () => false,
      ),
    write: () => writeFile(path, state),
  };
}

async function listFiles(folder) {
  const files = [];
  for (const entry of await readdir(join(ROOT, folder), { withFileTypes: true })) {
    if (["node_modules", "dist", ".turbo", "generated"].includes(entry.name)) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listFiles(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

/** A bar on a terminal; elsewhere one line at the start and one at the end. All on stderr. */
function progress(label) {
  const began = Date.now();
  const live = process.stderr.isTTY === true;
  let counts = "";
  const draw = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    process.stderr.write(`\r\x1b[K${label} ${counts} ${seconds} s`);
  };
  if (!live) say(`${label}…`);
  const timer = live ? setInterval(draw, 500) : null;
  return {
    show(done, total, unit) {
      const share = total === 0 ? 0 : Math.min(1, done / total);
      const filled = Math.round(20 * share);
      counts = `[${"█".repeat(filled)}${"░".repeat(20 - filled)}] ${done} of ${total} ${unit}`;
      if (live) draw();
    },
    done() {
      clearInterval(timer);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      say(`${live ? "\r\x1b[K" : ""}${label}: done in ${seconds} s`);
    },
  };
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
