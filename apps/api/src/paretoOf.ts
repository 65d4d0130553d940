import { AppError, type Id, type ParetoView } from "@sweepyard/contract";
import { type Db, getSweep, paretoRuns } from "@sweepyard/db";
import { defaultReferencePoint, hypervolumeHistory, paretoFront } from "@sweepyard/search";

/**
 * The front of a sweep with its hypervolume.
 * @throws {AppError} `invalid_request` if the reference point has not one number per objective.
 */
export async function paretoOf(
  db: Db,
  projectId: Id,
  id: Id,
  given: readonly number[] | undefined,
): Promise<ParetoView> {
  const { objectives, constraints } = await getSweep(db, projectId, id);
  if (given !== undefined && given.length !== objectives.length) {
    const message = `has ${given.length} numbers, and the sweep has ${objectives.length} objectives`;
    throw new AppError("invalid_request", `reference ${message}`, {
      errors: [{ path: "reference", rule: "wrong_length", message }],
    });
  }
  const directions = objectives.map(({ direction }) => direction);
  const runs = await paretoRuns(db, id, { objectives, constraints });
  const observations = runs.map(({ number, params, values, constraints: past, excluded }) => ({
    number,
    params,
    state: "completed" as const,
    value: values[0] ?? null,
    values,
    constraints: past,
    excluded,
  }));
  const byNumber = new Map(runs.map((run) => [run.number, run]));
  const reference = given ?? defaultReferencePoint(observations, directions);
  const history = [...hypervolumeHistory(observations, directions, given)];
  return {
    objectives: [...objectives],
    front: paretoFront(observations, directions).flatMap(({ number }) => {
      const run = byNumber.get(number);
      if (run === undefined) return [];
      const { runId, name, params, values } = run;
      return [{ runId, number, name, params, values: values.map(Number) }];
    }),
    hypervolume: history.at(-1)?.hypervolume ?? 0,
    reference: [...reference],
    history,
  };
}
