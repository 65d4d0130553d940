import type { SweepView } from "@sweepyard/contract";
import { commandName } from "../commandName.js";
import type { Context } from "../context.js";
import { formatCount } from "../format/figures.js";
import { formatCounts } from "../format/sweepText.js";

/** A sweep as the answer of a command that changed it. */
export function tellSweep({ output }: Context, sweep: SweepView, what: string): void {
  output.answer(sweep, () => {
    const planned =
      sweep.plannedRuns === null ? "" : `, ${formatCount(sweep.plannedRuns, "run")} planned`;
    const state = what === "submitted" ? "submitted" : `${what} ${sweep.state}`;
    return [
      `${sweep.name} ${state}${planned} (${formatCounts(sweep.counts)})`,
      `  ${commandName} sweep watch ${sweep.id}`,
    ].join("\n");
  });
}
