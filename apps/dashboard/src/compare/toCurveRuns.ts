import type { RunView } from "@sweepyard/contract";
import type { CurveRun } from "../charts/prepareLearningCurves.js";
import { paramsText } from "../runs/paramsText.js";
import { runLabel } from "../runs/runLabel.js";

/** What charts need of runs. Excluded runs are out of every judgement and so out of charts. */
export const toCurveRuns = (runs: readonly RunView[]): CurveRun[] =>
  runs
    .filter((run) => run.excluded === null)
    .map((run) => ({
      id: run.id,
      number: run.number,
      name: runLabel(run),
      state: run.state,
      objective: run.objective,
      detail: paramsText(run.params),
    }));
