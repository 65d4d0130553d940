import type { DatasetFiles } from "@sweepyard/contract";

/** What rows of a data set, and so a model's inputs, look like. */
export interface RowForm {
  /** Of one row, such as [28, 28]. */
  readonly inputShape: readonly number[];
  /** `uint8`: pixels, which a model takes divided by 255; `float32`: numbers, taken as they are. */
  readonly inputType: "uint8" | "float32";
}

/** Numbers of a .npy file begin at a multiple of this. */
const NPY_ALIGNMENT = 64;

/**
 * How the numbers of a split are stored, told by the file's size: IDX holds bytes, an array bytes or
 * float32 behind a head of whole multiples of 64 bytes. No count of bytes is both.
 * @param numbers of the split: rows times the numbers of a row.
 */
export function inputTypeOf(
  files: DatasetFiles,
  split: "train" | "test",
  numbers: number,
): RowForm["inputType"] {
  if (!("trainX" in files)) return "uint8";
  const head = files[split === "train" ? "trainX" : "testX"].bytes - 4 * numbers;
  return head >= NPY_ALIGNMENT && head % NPY_ALIGNMENT === 0 ? "float32" : "uint8";
}
