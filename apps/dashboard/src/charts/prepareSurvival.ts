import { RunState } from "@sweepyard/contract";
import type { Mask } from "../board/matchRuns.js";
import type { RunSet } from "../board/runSet.js";
import { formatCount } from "../format/formatNumber.js";
import { type Axis, linearAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";
import { shareOf } from "./shareOf.js";

export interface Survival {
  readonly x: Axis;
  readonly y: Axis;
  /** How many runs have finished at least so many epochs, as steps. */
  readonly line: readonly Point[];
  readonly rungs: readonly Rung[];
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface Rung {
  readonly index: number;
  readonly epoch: number;
  readonly reached: number;
  /** Ended there by the pruner, or paused there to wait for a promotion. */
  readonly stopped: number;
  readonly wentOn: number;
}

/**
 * How a pruner spends epochs: runs still in training by epoch, and what became of them at each
 * rung. @param rungs in epochs, rung 0 first; none for a pruner without rungs.
 */
export function prepareSurvival(
  set: RunSet,
  mask: Mask | null,
  { rungs, epochs }: { readonly rungs: readonly number[]; readonly epochs: number },
): Survival | null {
  const last = Math.max(epochs, ...set.epochs);
  const endsAt = new Int32Array(last + 2);
  const heldAt = new Int32Array(last + 2);
  let runs = 0;
  for (let index = 0; index < set.count; index++) {
    const epoch = set.epochs[index] ?? 0;
    if (epoch === 0 || (mask !== null && mask[index] !== 1)) continue;
    runs++;
    endsAt[epoch] = (endsAt[epoch] ?? 0) + 1;
    const state = RunState.options[set.states[index] ?? 0];
    if (state === "pruned" || state === "paused") heldAt[epoch] = (heldAt[epoch] ?? 0) + 1;
  }
  if (runs === 0) return null;
  const reached = new Int32Array(last + 2);
  for (let epoch = last; epoch >= 1; epoch--)
    reached[epoch] = (reached[epoch + 1] ?? 0) + (endsAt[epoch] ?? 0);
  const line: Point[] = [];
  for (let epoch = 1; epoch <= last; epoch++)
    line.push([epoch - 1, reached[epoch] ?? 0], [epoch, reached[epoch] ?? 0]);
  const rows = rungs
    .filter((epoch) => epoch <= last)
    .map((epoch, index): Rung => {
      const [came, stopped] = [reached[epoch] ?? 0, heldAt[epoch] ?? 0];
      return { index, epoch, reached: came, stopped, wentOn: came - (endsAt[epoch] ?? 0) };
    });
  const scope = `${shareOf(runs, set.total)} runs`;
  return {
    x: stepAxis("epoch", 0, last),
    y: linearAxis("runs that got so far", 0, runs),
    line,
    rungs: rows,
    scope,
    summary: `Runs by how many epochs they have finished, ${scope}; ${formatCount(reached[last] ?? 0)} reached epoch ${last}.`,
    table: {
      name: "runs by epochs finished",
      columns: ["epoch", "runs that got so far", "ended or stand there"],
      rows: Array.from({ length: last }, (_, index) => [
        index + 1,
        reached[index + 1] ?? 0,
        endsAt[index + 1] ?? 0,
      ]),
    },
  };
}
