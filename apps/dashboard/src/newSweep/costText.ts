import type { SweepCost } from "@sweepyard/contract";
import { formatCounted } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";

/** How long a sweep will take, and what that is known from. */
export function costText(cost: SweepCost): { readonly time: string; readonly ground: string } {
  const { slotSeconds, seconds, slots, measuredRuns } = cost;
  if (measuredRuns === 0)
    return { time: "not known yet", ground: "until a first run has been measured" };
  const ground = `by ${formatCounted(measuredRuns, "run")} of similar cost, none ended early`;
  if (slotSeconds === null) return { time: "not known", ground: "without an end to its runs" };
  if (seconds === null)
    return {
      time: `${formatDuration(slotSeconds * 1000)} on one slot`,
      ground: `${ground}; no slot is there now`,
    };
  return {
    time: formatDuration(seconds * 1000),
    ground: `on ${formatCounted(slots, "slot")}, ${ground}`,
  };
}
