import { AppError } from "@sweepyard/contract";
import { createUint32, STREAM } from "./random.js";

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

/** Row numbers 0..rows-1 in the order in which an epoch (from 0) takes them: Fisher and Yates. */
export function epochOrder(
  rows: number,
  shuffle: boolean,
  seed: number,
  epoch: number,
): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  if (!shuffle) return order;
  const next = createUint32(seed, STREAM.epochOrder, epoch);
  for (let last = rows - 1; last > 0; last--) {
    const chosen = Math.floor((next() / 2 ** 32) * (last + 1));
    const row = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = row;
  }
  return order;
}
