// Builds the native part of @tensorflow/tfjs-node-gpu against the TensorFlow of Python's registry.
//
// What the npm package would download is TensorFlow 2.9 for CUDA 11.2, which current GPUs cannot
// run. The binding itself is two C++ files on TensorFlow's C API and Node-API, both with a stable
// binary interface, and the wheel exports all of the C API. It is built in the same way for CPU and
// CUDA, against the one wheel or the other.
//
//   node infra/tfjs-binding/build.mjs                 against `python3 -m pip`'s TensorFlow
//   node infra/tfjs-binding/build.mjs --python PATH   against that Python's
//   node infra/tfjs-binding/build.mjs --install cpu   installs TensorFlow first, under .sweepyard/
//   node infra/tfjs-binding/build.mjs --install cuda  the same with CUDA's libraries (6.3 GB)
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const TENSORFLOW = "2.21.0";
const WHEELS = {
  cpu: `tensorflow-cpu==${TENSORFLOW}`,
  cuda: `tensorflow[and-cuda]==${TENSORFLOW}`,
};
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HOME = resolve(process.env.SWEEPYARD_HOME || join(ROOT, ".sweepyard"));
const SOURCES = ["tfjs_backend.cc", "tfjs_binding.cc"];

try {
  const { values } = parseArgs({
    options: {
      python: { type: "string", default: "python3" },
      install: { type: "string" },
      output: { type: "string" },
    },
  });
  const python =
    values.install === undefined ? values.python : install(values.install, values.python);
  const tensorflow = findTensorFlow(python);
  const binding = values.output ?? bindingPath();
  build(tensorflow, binding);
  console.log(binding);
} catch (error) {
  console.error(`tfjs-binding: ${error.message}`);
  process.exitCode = 1;
}

/** Where @tensorflow/tfjs-node-gpu looks for it. */
function bindingPath() {
  return join(packageFolder("@tensorflow/tfjs-node-gpu"), "lib", "napi-v8", "tfjs_binding.node");
}

/** The engine's dependencies, wherever the package manager has put them. */
function packageFolder(name) {
  const require = createRequire(join(ROOT, "packages", "engine", "package.json"));
  try {
    return realpathSync(dirname(require.resolve(`${name}/package.json`)));
  } catch {
    throw new Error(`${name} is not installed: run pnpm install first`);
  }
}

function install(kind, base) {
  const wheel = WHEELS[kind];
  if (wheel === undefined) throw new Error(`--install takes ${Object.keys(WHEELS).join(" or ")}`);
  const folder = join(HOME, "tfjs-binding", kind);
  const python = join(folder, "bin", "python");
  if (!existsSync(python)) run(base, ["-m", "venv", folder]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]);
  return python;
}

/** The package's folder; asked without importing it, which would take seconds. */
function findTensorFlow(python) {
  const script =
    "import importlib.util as u; s = u.find_spec('tensorflow'); print(s.submodule_search_locations[0] if s else '')";
  const folder = run(python, ["-c", script]).trim();
  if (folder === "")
    throw new Error(
      `${python} has no tensorflow: name another with --python, or use --install cpu`,
    );
  for (const file of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "include"])
    if (!existsSync(join(folder, file)))
      throw new Error(
        `${folder} has no ${file}: a wheel for Linux of TensorFlow ${TENSORFLOW} has`,
      );
  return folder;
}

function build(tensorflow, output) {
  const source = packageFolder("@tensorflow/tfjs-node-gpu");
  const headers = packageFolder("node-api-headers");
  mkdirSync(dirname(output), { recursive: true });
  run(process.env.CXX || "g++", [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...[source, join(tensorflow, "include"), join(headers, "include")].map((dir) => `-I${dir}`),
    ...SOURCES.map((file) => join(source, "binding", file)),
    ...["-o", output],
    ...[`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
    `-Wl,-rpath,${tensorflow}`,
  ]);
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`${command} does not start: ${error.message}`);
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} … ended with ${status}\n${stderr}`);
}
