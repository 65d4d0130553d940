/**
 * One number from the symmetric Beta(alpha, alpha), from uniform numbers of [0, 1).
 * @see Marsaglia & Tsang, A Simple Method for Generating Gamma Variables (2000), whose §6 lifts an
 *   alpha below 1; logarithms, since such a Gamma number may be too small for a double.
 */
export function drawBeta(alpha: number, nextUnit: () => number): number {
  const a = logGammaVariable(alpha, nextUnit);
  const b = logGammaVariable(alpha, nextUnit);
  return 1 / (1 + Math.exp(b - a));
}

function logGammaVariable(alpha: number, nextUnit: () => number): number {
  if (alpha < 1) return logGammaVariable(alpha + 1, nextUnit) + Math.log(1 - nextUnit()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - nextUnit()));
    const normal = radius * Math.cos(2 * Math.PI * nextUnit()); // Box & Muller
    const v = (1 + c * normal) ** 3;
    const accepted = Math.log(1 - nextUnit());
    if (v > 0 && accepted < normal ** 2 / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
