import type { Params, Space } from "@sweepyard/contract";
import type { Observation } from "../observation.js";
import { violations } from "../violations.js";

/** What importance is asked of. */
export interface ImportanceTask {
  readonly space: Space;
  /** In any state: only completed runs count that are not excluded and lie in the space. */
  readonly history: readonly Observation[];
  /** Which of a sweep's objectives is explained; absent: the first. */
  readonly objective?: number;
}

/** A run that importance can be learnt from. */
export interface FiniteRun {
  readonly number: number;
  readonly params: Params;
  readonly value: number;
}

/** Completed runs in the space whose objective is a finite number, by ascending number. */
export function finiteRuns({ space, history, objective = 0 }: ImportanceTask): FiniteRun[] {
  return completedRuns(space, history)
    .flatMap(({ number, params, value, values }): FiniteRun[] => {
      const measured = (values ?? [value])[objective];
      return Number.isFinite(measured) ? [{ number, params, value: Number(measured) }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/** Completed runs in the space that nobody has excluded. */
export const completedRuns = (space: Space, history: readonly Observation[]): Observation[] =>
  history.filter(
    ({ state, excluded, params }) =>
      state === "completed" && !excluded && violations(space, params).length === 0,
  );

/** At most `most` of the runs, spread evenly over their order: all of a sweep's life counts. */
export function thinOut<Run>(runs: readonly Run[], most: number): readonly Run[] {
  if (runs.length <= most) return runs;
  const stride = runs.length / most;
  return Array.from({ length: most }, (_, index) => runs[Math.floor(index * stride)]).filter(
    (run) => run !== undefined,
  );
}
