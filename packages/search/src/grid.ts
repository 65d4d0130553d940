import type { Space } from "@sweepyard/contract";
import { createGridCells } from "./gridCells.js";
import type { Sampler } from "./sampler.js";

/**
 * How many runs a grid search over `space` makes.
 * @throws {AppError} `invalid_request` naming each dimension that has no countable values.
 */
export const gridSize = (space: Space): number => createGridCells(space).size;

/**
 * Every combination of values once, in a fixed order: the first dimension changes slowest.
 * Proposes the lowest cell that no run of the history has, whatever became of that run: a
 * failed or cancelled run is tried again by its `retry`, not as a second run. Params that lie
 * on no cell (queued by hand, or from an earlier version of the space) use up none.
 * The seed does not matter. Null after the last cell.
 */
export const gridSampler: Sampler = {
  learns: false,
  ask(space, history) {
    const cells = createGridCells(space);
    const taken = new Set(history.map(({ params }) => cells.indexOf(params)));
    let cell = 0;
    while (taken.has(cell)) cell++;
    if (cell >= cells.size) return null;
    return { params: cells.at(cell), reason: { sampler: "grid", cell, of: cells.size } };
  },
};
