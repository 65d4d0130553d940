import type { Rows } from "../dataset.js";
import { modelInputs } from "./measureModel.js";

/** Training rows that int8 takes its ranges from; more no longer change them much. */
const CALIBRATION_ROWS = 500;

/** Spread over the whole training split, since its rows may be in order of their classes. */
export function calibrationRows({ x, count }: Rows): Float32Array {
  const size = x.length / count;
  const rows = Math.min(count, CALIBRATION_ROWS);
  const chosen = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor((i * count) / rows);
    chosen.set(modelInputs(x.subarray(row * size, (row + 1) * size)), i * size);
  }
  return chosen;
}
