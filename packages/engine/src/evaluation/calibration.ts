import type { ClassificationReport } from "@sweepyard/contract";

type Calibration = NonNullable<ClassificationReport["calibration"]>;

const BINS = 15;

/**
 * How far confidence is from accuracy, in 15 bins of equal width, each with its upper edge.
 *
 * @param confidence each row's probability of its predicted class; a row with NaN is in no bin
 *   and makes the error null.
 * @see Guo, Pleiss, Sun & Weinberger, On Calibration of Modern Neural Networks (2017), §2
 */
export function calibrate(
  confidence: Float64Array,
  isRight: (row: number) => boolean,
): Calibration {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, confidence: 0, right: 0 }));
  let finite = confidence.length > 0;
  confidence.forEach((p, row) => {
    const bin = bins[Math.min(Math.max(Math.ceil(p * BINS) - 1, 0), BINS - 1)];
    if (bin === undefined) {
      finite = false;
      return;
    }
    bin.rows++;
    bin.confidence += p;
    bin.right += isRight(row) ? 1 : 0;
  });
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0);
  return {
    expectedError: finite ? error / confidence.length : null,
    bins: bins.map(({ rows, confidence: total, right }, index) => ({
      from: index / BINS,
      to: (index + 1) / BINS,
      rows,
      confidence: rows === 0 ? null : total / rows,
      accuracy: rows === 0 ? null : right / rows,
    })),
  };
}
