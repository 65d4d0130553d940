/**
 * The probability that a chi-squared variable of so many degrees of freedom is above `statistic`.
 * For even degrees a finite sum of Poisson terms, for odd ones the same from erfc on; terms are
 * built from one another, so nothing overflows.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.4.4 and 26.4.5
 */
export function chiSquaredPValue(statistic: number, degrees: number): number {
  if (!(statistic > 0)) return 1;
  const half = statistic / 2;
  const isEven = degrees % 2 === 0;
  let p = isEven ? Math.exp(-half) : complementaryError(Math.sqrt(half));
  // x^k e^-x / gamma(k + 1), from k = 0 or 1/2 on.
  let k = isEven ? 0 : 0.5;
  let term = isEven ? p : (Math.exp(-half) * 2 * Math.sqrt(half)) / Math.sqrt(Math.PI);
  if (!isEven && degrees > 1) p += term;
  while (k + 1 < degrees / 2) {
    k += 1;
    term *= half / k;
    p += term;
  }
  return Math.min(1, p);
}

/** erfc for x >= 0: a series where it converges fast, else a continued fraction. */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
