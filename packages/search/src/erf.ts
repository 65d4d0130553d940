/*
 * After FreeBSD's msun/src/s_erf.c:
 * ====================================================
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *
 * Developed at SunPro, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice
 * is preserved.
 * ====================================================
 */

const ERX = 0.8450629115104675; // erf(1) to single precision

/** erf(x) / x - 1 on [0, 0.84375], in x². */
const PP = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
  -2.3763016656650163e-5,
];
const QQ = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
  -3.960228278775368e-6,
];
/** erf(x) - ERX on [0.84375, 1.25], in x - 1. */
const PA = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175,
  -0.11089469428239668, 0.035478304325618236, -0.002166375594868791,
];
const QA = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164,
  0.01363708391202905, 0.011984499846799107,
];
/** log(x erfc(x)) + x² + 0.5625 on [1.25, 1 / 0.35], in 1 / x². */
const RA = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006,
  -162.39666946257347, -184.60509290671104, -81.2874355063066, -9.814329344169145,
];
const SA = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679,
  429.00814002756783, 108.63500554177944, 6.570249770319282, -0.0604244152148581,
];
/** The same on [1 / 0.35, 28]. */
const RB = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192,
  -637.5664433683896, -1025.0951316110772, -483.5191916086514,
];
const SB = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955,
  2553.0504064331644, 474.52854120695537, -22.44095244658582,
];

/** The error function, to about one unit in the last place. NaN propagates. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 0.84375) return x + x * ratio(PP, QQ, x * x);
  const positive = a < 1.25 ? ERX + ratio(PA, QA, a - 1) : 1 - tail(a);
  return x < 0 ? -positive : positive;
}

/** 1 - erf(x), exact to the last places where erf(x) is nearly 1. NaN propagates. */
export function erfc(x: number): number {
  if (x < 0.25) return 1 - erf(x);
  if (x < 0.84375) return 0.5 - (x - 0.5 + x * ratio(PP, QQ, x * x));
  if (x < 1.25) return 1 - ERX - ratio(PA, QA, x - 1);
  return tail(x);
}

/** exp(x²) erfc(x) for x from 1.25 to 28, where erfc(x) alone would soon be too small to tell. */
export const erfcx = (x: number): number => Math.exp(tailExponent(x) - 0.5625) / x;

/** log(x erfc(x)) + x² + 0.5625 for x from 1.25 to 28. */
function tailExponent(x: number): number {
  const s = 1 / (x * x);
  return x < 1 / 0.35 ? ratio(RA, SA, s) : ratio(RB, SB, s);
}

/** erfc(x) for x >= 1.25. */
function tail(x: number): number {
  if (x > 28) return 0; // below the smallest double
  const r = tailExponent(x);
  // x² loses its last bits; z is x to single precision, whose square is exact.
  const z = Math.fround(x);
  return (Math.exp(-z * z - 0.5625) * Math.exp((z - x) * (z + x) + r)) / x;
}

const ratio = (numerator: readonly number[], denominator: readonly number[], x: number) =>
  polynomial(numerator, x) / polynomial(denominator, x);

/** Horner's rule, lowest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let power = coefficients.length - 1; power >= 0; power--)
    sum = sum * x + (coefficients[power] ?? 0);
  return sum;
}
