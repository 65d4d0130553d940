import type { EngineId } from "@sweepyard/contract";
import type { Engine } from "./engine.js";
import { onnxEngine } from "./onnx/onnxEngine.js";
import { loadTfjsEngine, type TfjsEngine } from "./tfjs/tfjsEngine.js";

export interface LoadedEngine {
  readonly engine: Engine;
  /** What a person may want to know of it, such as why it is not on a faster backend. */
  readonly notice?: string;
}

let tfjs: Promise<TfjsEngine> | undefined;

/**
 * An engine, loaded when it is first asked for and kept: TensorFlow.js takes about a second.
 * @param threads of a process that trains nothing else; the first call decides for tfjs.
 */
export async function loadEngine(id: EngineId, threads: number): Promise<LoadedEngine> {
  switch (id) {
    case "onnx":
      return { engine: onnxEngine };
    case "tfjs": {
      tfjs ??= loadTfjsEngine({ threads });
      const engine = await tfjs;
      return { engine, ...(engine.missing.length > 0 && { notice: noticeOf(engine) }) };
    }
  }
}

function noticeOf({ device, missing }: TfjsEngine): string {
  const reasons = missing.map(({ backend, reason }) => `${backend}: ${reason}`).join("; ");
  return `tfjs trains on ${device}, since faster backends can't be had here (${reasons}): docs/engines.md tells how to build one`;
}
