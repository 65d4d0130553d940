import type { Engine } from "../engine.js";
import type { GoldenResult } from "./comparison.js";
import type { GoldenCase } from "./goldenCase.js";
import { runModel } from "./runModel.js";
import { runSchedule } from "./runSchedule.js";
import { runSplit } from "./runSplit.js";

/** What runs a case of each kind. A runner reads the case as its kind says it is. */
type Runner = (
  golden: never,
  engine: Engine,
  threads: number,
) => GoldenResult | Promise<GoldenResult>;

const RUNNERS: Readonly<Record<string, Runner>> = {
  train: runModel,
  fit: runModel,
  infer: runModel,
  schedule: runSchedule,
  split: runSplit,
};

export const GOLDEN_KINDS = Object.keys(RUNNERS);

/**
 * Runs one case.
 * @throws {Error} for an unknown kind, and for what the engine refuses.
 */
export async function runGolden(
  golden: GoldenCase,
  engine: Engine,
  threads = 1,
): Promise<GoldenResult> {
  const runner = RUNNERS[golden.kind];
  if (runner === undefined)
    throw new Error(`kind ${golden.kind} is none of ${GOLDEN_KINDS.join(", ")}`);
  return runner(golden as never, engine, threads);
}
