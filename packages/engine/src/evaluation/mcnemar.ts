/**
 * The exact two-sided p-value of McNemar's test: under the null hypothesis each of the
 * `onlyA + onlyB` rows that just one classifier gets right is as likely to be the one's as the
 * other's. 1 where there is no such row; 0 where it is below the least positive double.
 * @see Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13:91 (2013)
 */
export function mcnemarPValue(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  if (onlyA === onlyB) return 1;
  // Σ C(n, k) / 2^n up to `fewer`, from its largest term down: C(n, k-1) = C(n, k) · k / (n-k+1).
  let logLargest = -n * Math.LN2;
  for (let k = 1; k <= fewer; k++) logLargest += Math.log((n - fewer + k) / k);
  let term = 1;
  let sum = 1;
  for (let k = fewer; k > 0 && term > sum * Number.EPSILON; k--) {
    term *= k / (n - k + 1);
    sum += term;
  }
  return Math.min(1, 2 * Math.exp(logLargest) * sum);
}
