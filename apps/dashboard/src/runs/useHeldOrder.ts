import type { RunView } from "@sweepyard/contract";
import { useCallback, useMemo, useReducer, useRef } from "react";
import { holdOrder, orderRuns, type RunSort } from "./orderRuns.js";

/**
 * Orders runs, but lets no row move while `hold` is set (a pointer or the keyboard is in the
 * table): new values appear in place, and `moved` says how many would stand elsewhere.
 */
export function useHeldOrder(runs: readonly RunView[], sort: RunSort, hold: boolean, now: number) {
  const held = useRef<{ sort: RunSort; ids: readonly string[] } | null>(null);
  const ordered = useMemo(() => orderRuns(runs, sort, now), [runs, sort, now]);
  const isHeld = hold && held.current?.sort === sort;
  const result = useMemo(
    () =>
      isHeld && held.current !== null
        ? holdOrder(ordered, held.current.ids)
        : { runs: ordered, moved: 0 },
    [ordered, isHeld],
  );
  held.current = { sort, ids: result.runs.map((run) => run.id) };
  const [, drawAnew] = useReducer((count: number) => count + 1, 0);
  const release = useCallback(() => {
    held.current = null;
    drawAnew();
  }, []);
  return { ...result, release };
}
