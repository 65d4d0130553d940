import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import { AppError } from "@sweepyard/contract";
import type { TensorFlow } from "./tensorFlow.js";
import { registerWasmKernels } from "./wasmKernels.js";

/** Fastest first. */
export const TFJS_BACKENDS = ["tfjs-node-gpu", "tfjs-node", "wasm", "cpu"] as const;
export type TfjsBackend = (typeof TFJS_BACKENDS)[number];

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly backend: TfjsBackend;
  /** For people: `tfjs-node-gpu 4.22.0 (TensorFlow 2.21.0), cpu`. */
  readonly device: string;
  /** Faster backends that could not be had, and why. */
  readonly missing: readonly { readonly backend: TfjsBackend; readonly reason: string }[];
}

const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js on the first backend of `candidates` that works here.
 * @param threads of TensorFlow's own library, which takes them once in a process; wasm and plain
 *   JavaScript have one.
 * @throws {AppError} `engine_unavailable` if none works.
 */
export async function loadTensorFlow(
  candidates: readonly TfjsBackend[] = TFJS_BACKENDS,
  threads = 1,
): Promise<LoadedTensorFlow> {
  const missing: { backend: TfjsBackend; reason: string }[] = [];
  for (const backend of candidates) {
    try {
      return { ...(await LOADERS[backend](threads)), backend, missing };
    } catch (error) {
      const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
      missing.push({ backend, reason });
    }
  }
  const reasons = missing.map(({ backend, reason }) => `${backend}: ${reason}`).join("; ");
  throw new AppError("internal", `no backend of TensorFlow.js works here: ${reasons}`);
}

type Loader = (threads: number) => Promise<Pick<LoadedTensorFlow, "tf" | "device">>;

const LOADERS: Readonly<Record<TfjsBackend, Loader>> = {
  "tfjs-node-gpu": (threads) => loadNative("@tensorflow/tfjs-node-gpu", threads),
  "tfjs-node": (threads) => loadNative("@tensorflow/tfjs-node", threads),
  wasm: loadWasm,
  cpu: async () => {
    const tf = loadCore();
    await useBackend(tf, "cpu");
    return { tf, device: `tfjs JavaScript ${tf.version_core}, cpu` };
  },
};

/** What tfjs-node's backend holds beyond its published types. */
interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

async function loadNative(name: string, threads: number) {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= "1";
  restoreIsNullOrUndefined();
  const tf = require(name) as TensorFlow;
  await useBackend(tf, "tensorflow");
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  const packageName = name.slice(name.indexOf("/") + 1);
  const { version } = require(`${name}/package.json`) as { version: string };
  const device = isUsingGpuDevice ? "gpu" : "cpu";
  return { tf, device: `${packageName} ${version} (TensorFlow ${binding.TF_Version}), ${device}` };
}

async function loadWasm() {
  const tf = loadCore();
  const wasm =
    require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  const folder = path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"));
  wasm.setWasmPaths(`${folder}${path.sep}`);
  registerWasmKernels(tf);
  await useBackend(tf, "wasm");
  return { tf, device: `tfjs wasm ${wasm.version_wasm}, cpu` };
}

function loadCore(): TensorFlow {
  const tf = require("@tensorflow/tfjs") as TensorFlow;
  tf.enableProdMode();
  return tf;
}

async function useBackend(tf: TensorFlow, name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`its backend ${name} does not start`);
  await tf.ready();
}

/** Node 23 removed a function that tfjs-node calls. */
function restoreIsNullOrUndefined(): void {
  const module = util as { isNullOrUndefined?: (value: unknown) => boolean };
  module.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
