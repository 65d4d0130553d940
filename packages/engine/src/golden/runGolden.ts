import type { EngineId } from "@sweepyard/contract";
import type { Engine } from "../engine.js";
import { type LoadedEngine, loadEngine } from "../loadEngine.js";
import type { GoldenResult } from "./comparison.js";
import type { GoldenCase } from "./goldenCase.js";
import type { GoldenOptions } from "./goldenOptions.js";
import { runAugment } from "./runAugment.js";
import { runInitializers } from "./runInitializers.js";
import { runMetrics } from "./runMetrics.js";
import { runModel } from "./runModel.js";
import { runReference } from "./runReference.js";
import { runSchedule } from "./runSchedule.js";
import { runSplit } from "./runSplit.js";

/** What runs a case of each kind. A runner reads the case as its kind says it is. */
type Runner = (
  golden: never,
  engine: Engine,
  options: GoldenOptions,
) => GoldenResult | Promise<GoldenResult>;

const RUNNERS: Readonly<Record<string, Runner>> = {
  train: runModel,
  fit: runModel,
  infer: runModel,
  schedule: runSchedule,
  initializers: runInitializers,
  metrics: runMetrics,
  split: runSplit,
  augment: runAugment,
  reference: runReference,
};

export const GOLDEN_KINDS = Object.keys(RUNNERS);

/** Engines are loaded when they are asked for. */
export const ENGINES: Readonly<Record<EngineId, (threads: number) => Promise<LoadedEngine>>> = {
  onnx: (threads) => loadEngine("onnx", threads),
  tfjs: (threads) => loadEngine("tfjs", threads),
};

/**
 * Runs one case.
 * @throws {Error} for an unknown kind, and for what the engine refuses.
 */
export async function runGolden(
  golden: GoldenCase,
  engine: Engine,
  options: GoldenOptions = { threads: 1 },
): Promise<GoldenResult> {
  const runner = RUNNERS[golden.kind];
  if (runner === undefined)
    throw new Error(`kind ${golden.kind} is none of ${GOLDEN_KINDS.join(", ")}`);
  return runner(golden as never, engine, options);
}
