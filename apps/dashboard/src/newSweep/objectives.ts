import { risesByDefault } from "@sweepyard/contract";
import { type Draft, isRecord, readAt, writeAt } from "./sweepDraft.js";

/** What a sweep is judged by, whether its draft has one objective or several. */
export interface DraftObjective {
  readonly metric: string;
  readonly direction: string;
}

/** With the direction that it has where none is written. */
export const objectiveOf = (metric: string): DraftObjective => ({
  metric,
  direction: risesByDefault(metric) ? "maximize" : "minimize",
});

export function objectivesOf(draft: Draft): DraftObjective[] {
  const several = draft.objectives;
  const written: readonly unknown[] = Array.isArray(several) ? several : [draft.objective];
  return written.map((objective) => {
    const usual = objectiveOf(String(readAt(objective, ["metric"]) ?? "val_accuracy"));
    const direction = isRecord(objective) ? objective.direction : undefined;
    return direction === undefined ? usual : { ...usual, direction: String(direction) };
  });
}

/** One is written as `objective`, several as `objectives`: a sweep may not have both. */
export function withObjectives(draft: Draft, objectives: readonly DraftObjective[]): Draft {
  const [only] = objectives;
  return objectives.length === 1
    ? writeAt(writeAt(draft, ["objectives"], undefined), ["objective"], only)
    : writeAt(writeAt(draft, ["objective"], undefined), ["objectives"], objectives);
}
