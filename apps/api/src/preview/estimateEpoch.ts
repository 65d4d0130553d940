/** What an epoch of a run takes: FLOPs of the forward pass over its training rows, and seconds. */
export interface MeasuredEpoch {
  readonly flops: number;
  readonly seconds: number;
}

/** Runs that an estimate rests on: enough that one slow run does not decide it. */
export const NEIGHBOURS = 9;

/**
 * Seconds of an epoch of `flops`, from the measured epochs that are nearest in cost: the median
 * of their seconds per FLOP. Small models spend most of their time on other things than FLOPs, so
 * that only runs of a similar cost tell anything. Null without measured epochs.
 */
export function estimateEpoch(flops: number, measured: readonly MeasuredEpoch[]): number | null {
  if (flops <= 0) return null;
  const distance = (epoch: MeasuredEpoch) => Math.abs(Math.log(epoch.flops / flops));
  const rates = measured
    .filter((epoch) => epoch.flops > 0 && epoch.seconds > 0)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, NEIGHBOURS)
    .map((epoch) => epoch.seconds / epoch.flops)
    .sort((a, b) => a - b);
  const [low, high] = [rates[(rates.length - 1) >> 1], rates[rates.length >> 1]];
  return low === undefined || high === undefined ? null : (flops * (low + high)) / 2;
}
