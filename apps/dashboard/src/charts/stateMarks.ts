import type { RunState } from "@sweepyard/contract";
import type { Palette } from "../palette.js";

/** States whose curves stop short of the plan, and get a mark where they do. */
export const ENDED_EARLY: ReadonlySet<RunState> = new Set([
  "pruned",
  "diverged",
  "failed",
  "cancelled",
  "paused",
]);

/** A cross of two bars, for what went wrong. */
const CROSS = "path://M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2Z";

/** The mark of a state in plots: a shape of its own, so that colour is never needed to tell. */
export const SYMBOL: Record<RunState, string> = {
  queued: "circle",
  running: "circle",
  paused: "rect",
  completed: "circle",
  pruned: "diamond",
  diverged: "triangle",
  failed: CROSS,
  cancelled: "rect",
};

/** Whether a curve in `state` ends in a mark: it stopped short of the plan, or still grows. */
export const hasEndMark = (state: RunState): boolean =>
  ENDED_EARLY.has(state) || state === "running";

/** A state's mark as an ECharts data item at `value`. */
export function stateMark(palette: Palette, state: RunState, value: readonly [number, number]) {
  const hollow = state === "running";
  return {
    value: [...value],
    symbol: hollow ? "circle" : SYMBOL[state],
    symbolSize: state === "completed" ? 7 : 9,
    itemStyle: {
      color: hollow ? palette.surface : palette.state[state],
      borderColor: hollow ? palette.state[state] : palette.surface,
      borderWidth: hollow ? 2 : 1,
      opacity: 1,
    },
  };
}
