import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter } from "node:path";

const here = (path) => new URL(`../${path}`, import.meta.url).pathname;
const node = (program) => () => [process.execPath, here(program)];
const python = (module, program) => () => [pythonWith(module), here(program)];

/** Programs that train an epoch for each line they read; `peer.mjs` starts them. */
export const PEERS = {
  onnx: { label: "sweepyard (onnx)", command: node("peers/sweepyard.mjs") },
  pytorch: { label: "PyTorch, fused Adam", command: python("torch", "peers/pytorch.py") },
  pytorch_flush: {
    label: "PyTorch, denormals flushed",
    command: python("torch", "peers/pytorch.py"),
    setup: { flushDenormals: true },
  },
  keras: { label: "Keras on TensorFlow", command: python("keras", "peers/keras_peer.py") },
  tfjs_node: { label: "tfjs-node on TensorFlow", command: node("peers/tfjs_node.mjs") },
};

/** The first Python of BENCH_PYTHON (a list like PATH), else of bench/.venv or the PATH, that has the module. */
function pythonWith(module) {
  const venv = here(".venv/bin/python");
  const named = process.env.BENCH_PYTHON?.split(delimiter).filter(Boolean) ?? [];
  const candidates = [...named, ...(existsSync(venv) ? [venv] : []), "python3"];
  const find = ["-c", `import importlib.util as u; exit(u.find_spec("${module}") is None)`];
  return candidates.find((path) => spawnSync(path, find).status === 0) ?? candidates.at(0);
}
