import type { Interval } from "@sweepyard/contract";
import { createUint32, STREAM } from "../random.js";
import { scoresOf } from "./confusion.js";
import { quantile } from "./quantile.js";

/** 0.975 quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * 95 % interval of a share; null without trials.
 * @see Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927)
 */
export function wilsonInterval(successes: number, trials: number): Interval | null {
  if (trials === 0) return null;
  const share = successes / trials;
  const shrink = 1 + Z ** 2 / trials;
  const centre = (share + Z ** 2 / (2 * trials)) / shrink;
  const half =
    (Z / shrink) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** A draw takes about 40 ns: these take 0.2 s at most. */
const MOST_DRAWS = 5_000_000;
const RESAMPLES = 500;
const FEWEST_RESAMPLES = 100;

/**
 * 95 % percentile interval of macro F1 by drawing rows with replacement, the same at every call.
 * Null without rows.
 * @see Efron & Tibshirani, An Introduction to the Bootstrap (1993), §13.3
 */
export function bootstrapF1Macro(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): Interval | null {
  const rows = labels.length;
  if (rows === 0) return null;
  const affordable = Math.max(FEWEST_RESAMPLES, Math.floor(MOST_DRAWS / rows));
  const scores = new Float64Array(Math.min(RESAMPLES, affordable));
  const hits = new Int32Array(classes);
  const support = new Int32Array(classes);
  const predicted = new Int32Array(classes);
  const add = (counts: Int32Array, label: number) => {
    counts[label] = (counts[label] as number) + 1;
  };
  for (let resample = 0; resample < scores.length; resample++) {
    const next = createUint32(0, STREAM.bootstrap, resample);
    for (const counts of [hits, support, predicted]) counts.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor((next() / 2 ** 32) * rows);
      const label = labels[row] as number;
      const prediction = predictions[row] as number;
      add(support, label);
      add(predicted, prediction);
      if (label === prediction) add(hits, label);
    }
    let f1 = 0;
    for (let label = 0; label < classes; label++)
      f1 += scoresOf({
        hits: hits[label] as number,
        support: support[label] as number,
        predicted: predicted[label] as number,
      }).f1;
    scores[resample] = f1 / classes;
  }
  scores.sort();
  return { low: quantile(scores, 0.025), high: quantile(scores, 0.975) };
}
