// Builds the binding, trains with it, and puts back what was there.
//
//   pnpm tfjs-binding:test                 with `python3`'s TensorFlow
//   pnpm tfjs-binding:test --python PATH   with that Python's; TFJS_BINDING_PYTHON does the same
//
// Every golden case is run on the backend that it makes: Keras' figures, on TensorFlow's own kernels.
// Where no Python with TensorFlow is, it says so and ends with status 0.
import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "..", "..");
const PACKAGE = "@tensorflow/tfjs-node-gpu";
const CASES = join(ROOT, "packages", "engine", "fixtures", "golden");

const { values } = parseArgs({ options: { python: { type: "string" } } });
const python = values.python ?? process.env.TFJS_BINDING_PYTHON ?? "python3";

if (!hasTensorFlow()) {
  console.log(`skipped: ${python} has no TensorFlow; name a Python that has, with --python PATH`);
} else {
  const binding = bindingPath();
  const before = `${binding}.before`;
  const hadOne = existsSync(binding);
  if (hadOne) renameSync(binding, before);
  try {
    process.exitCode = buildAndTrain(binding);
  } finally {
    rmSync(binding, { force: true });
    if (hadOne) renameSync(before, binding);
  }
}

function hasTensorFlow() {
  const script = "import importlib.util as u, sys; sys.exit(u.find_spec('tensorflow') is None)";
  return spawnSync(python, ["-c", script]).status === 0;
}

/** Where build.mjs puts it. */
function bindingPath() {
  const require = createRequire(join(ROOT, "packages", "engine", "package.json"));
  const manifest = require.resolve(`${PACKAGE}/package.json`);
  return join(dirname(manifest), "lib", "napi-v8", "tfjs_binding.node");
}

/** @returns the exit status. */
function buildAndTrain(binding) {
  const built = node(join(HERE, "build.mjs"), "--python", python);
  process.stdout.write(built.stdout + built.stderr);
  if (built.status !== 0 || !existsSync(binding)) return 1;
  const golden = node(join(ROOT, "bench", "golden.mjs"), CASES, "--engine", "tfjs");
  process.stdout.write(golden.stdout + golden.stderr);
  if (golden.status !== 0) return 1;
  if (/^engine tfjs on tfjs-node-gpu .*TensorFlow/m.test(golden.stdout)) return 0;
  console.error("the cases did not run on the binding that was built");
  return 1;
}

function node(...args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
}
