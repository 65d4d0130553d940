import type { RunState, SweepState } from "@sweepyard/contract";
import type { Colors } from "./colors.js";

const RUN_COLORS: Record<RunState, "green" | "cyan" | "dim" | "yellow" | "magenta" | "red"> = {
  queued: "dim",
  running: "cyan",
  paused: "yellow",
  completed: "green",
  pruned: "magenta",
  diverged: "red",
  failed: "red",
  cancelled: "dim",
};

/** A sweep's states are names of run states too and mean the same. */
export const colorState = (state: RunState | SweepState, colors: Colors): string =>
  colors[RUN_COLORS[state]](state);

/** The state and why it is that; a reason that begins with the state's name says both. */
export function stateText(
  { state, stateReason }: { state: RunState | SweepState; stateReason: string | null },
  colors: Colors,
): string {
  const shown = colorState(state, colors);
  if (stateReason === null) return shown;
  return stateReason.startsWith(state)
    ? shown + stateReason.slice(state.length)
    : `${shown}: ${stateReason}`;
}
