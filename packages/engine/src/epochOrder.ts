import { AppError } from "@sweepyard/contract";
import { STREAM } from "./random.js";
import { shuffle } from "./shuffle.js";

/**
 * Rows that train; the rest, the last ones, validate. Cut before any shuffling, as Keras does.
 * @throws {AppError} `data_invalid` where one side would be empty.
 */
export function trainingRows(rows: number, validationSplit: number): number {
  const train = Math.floor(rows * (1 - validationSplit));
  if (train === 0 || (validationSplit > 0 && train === rows)) {
    throw new AppError(
      "data_invalid",
      `validation_split ${validationSplit} of ${rows} rows leaves ` +
        `${train} to train and ${rows - train} to validate: neither may be 0`,
    );
  }
  return train;
}

/** `rows` in the order in which an epoch (from 0) takes them. */
export const epochOrder = (
  rows: Int32Array,
  shuffled: boolean,
  seed: number,
  epoch: number,
): Int32Array => (shuffled ? shuffle(Int32Array.from(rows), seed, STREAM.epochOrder, epoch) : rows);
