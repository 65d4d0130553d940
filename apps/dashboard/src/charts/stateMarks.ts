import type { RunState } from "@sweepyard/contract";
import type { Palette } from "../palette.js";
import type { Point } from "./curveSegments.js";
import type { MarkSymbol } from "./drawSymbol.js";
import type { Marker, PointLook } from "./manySeries.js";

/** States whose curves stop short of the plan, and get a mark where they do. */
export const ENDED_EARLY: ReadonlySet<RunState> = new Set([
  "pruned",
  "diverged",
  "failed",
  "cancelled",
  "paused",
]);

/** The mark of a state in plots: a shape of its own, so that colour is never needed to tell. */
export const SYMBOL: Record<RunState, MarkSymbol> = {
  queued: "circle",
  running: "circle",
  paused: "rect",
  completed: "circle",
  pruned: "diamond",
  diverged: "triangle",
  failed: "cross",
  cancelled: "rect",
};

/** Whether a curve in `state` ends in a mark: it stopped short of the plan, or still grows. */
export const hasEndMark = (state: RunState): boolean =>
  ENDED_EARLY.has(state) || state === "running";

/** A state's mark at `at`. */
export function stateMark(palette: Palette, state: RunState, at: Point): Marker {
  const isHollow = state === "running";
  return {
    at,
    symbol: SYMBOL[state],
    size: state === "completed" ? 7 : 9,
    color: isHollow ? palette.surface : palette.state[state],
    borderColor: isHollow ? palette.state[state] : palette.surface,
    borderWidth: isHollow ? 2 : 1,
  };
}

/** From here on marks are painted without outlines, which would not be told apart any more. */
const MANY = 1_000;

/** How the marks of a state look where there are `count` marks in all. */
export function stateLook(palette: Palette, state: RunState, count: number): PointLook {
  const isHollow = state === "running";
  const size = count > 4 * MANY ? 3 : count > MANY ? 4 : state === "completed" ? 7 : 9;
  if (count > MANY && !isHollow)
    return { color: palette.state[state], size, symbol: SYMBOL[state], opacity: 0.75 };
  return {
    color: isHollow ? palette.surface : palette.state[state],
    size: Math.max(size, isHollow ? 7 : 0),
    symbol: SYMBOL[state],
    borderColor: isHollow ? palette.state[state] : palette.surface,
    borderWidth: isHollow ? 2 : 1,
  };
}
