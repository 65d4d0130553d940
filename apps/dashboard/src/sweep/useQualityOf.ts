import type { Direction, RunView } from "@sweepyard/contract";
import { useMemo } from "react";
import { qualityIn, qualityScale } from "../charts/qualityScale.js";

/** Where an objective lies between poor and best; a new function only when the ends move. */
export function useQualityOf(runs: readonly RunView[], direction: Direction) {
  const { worst, best } = useMemo(
    () =>
      qualityScale(
        runs.filter((run) => run.excluded === null).map((run) => run.objective),
        direction === "maximize",
      ),
    [runs, direction],
  );
  return useMemo(() => {
    const scale = { worst, best };
    return (objective: number | null) => qualityIn(scale, objective);
  }, [worst, best]);
}
