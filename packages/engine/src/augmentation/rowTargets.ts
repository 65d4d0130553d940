import type { Rows } from "../dataset.js";

/** Targets of some rows as [rows, outputs]: one-hot where `y` holds classes, a class itself where there is one output. */
export function rowTargets({ y }: Rows, rows: Int32Array, outputs: number): Float32Array {
  const targets = new Float32Array(rows.length * outputs);
  for (const [at, row] of rows.entries()) {
    if (y instanceof Float32Array)
      targets.set(y.subarray(row * outputs, (row + 1) * outputs), at * outputs);
    else if (outputs === 1) targets[at] = y[row] as number;
    else targets[at * outputs + (y[row] as number)] = 1;
  }
  return targets;
}
