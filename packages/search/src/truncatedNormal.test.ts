import { expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { erf, erfc } from "./erf.js";
import {
  logNdtr,
  logNormalMass,
  truncatedNormalLogPdf,
  truncatedNormalQuantile,
} from "./truncatedNormal.js";

/** Equal to 12 digits, or to 1e-15 near zero. */
const expectClose = (actual: number, expected: number) => {
  if (!Number.isFinite(expected)) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected) + 1e-15);
};

test.each([
  // Abramowitz & Stegun (1964), tables 7.1 and 7.3, and mpmath
  [0, 0, 1],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [1, 0.8427007929497149, 0.15729920705028513],
  [2, 0.9953222650189527, 0.004677734981047266],
  [5, 0.9999999999984626, 1.5374597944280349e-12],
  [-1, -0.8427007929497149, 1.8427007929497148],
  [Number.POSITIVE_INFINITY, 1, 0],
])("erf and erfc at %d", (x, expectedErf, expectedErfc) => {
  expectClose(erf(x), expectedErf);
  expectClose(erfc(x), expectedErfc);
});

test.each(vectors.log_ndtr)("logNdtr($x)", ({ x, value }) => expectClose(logNdtr(x), value));

test.each(vectors.log_gauss_mass)("logNormalMass($a, $b)", ({ a, b, value }) =>
  expectClose(logNormalMass(a, b), value),
);

test.each(vectors.truncnorm_logpdf)(
  "truncatedNormalLogPdf at $x, mean $loc, deviation $scale, in [$a, $b]",
  ({ x, loc, scale, a, b, logpdf }) =>
    expectClose(truncatedNormalLogPdf(x, loc, scale, [a, b]), Number(logpdf)),
);

test.each(vectors.truncnorm_ppf)("truncatedNormalQuantile($q, $a, $b)", ({ q, a, b, value }) =>
  expect(truncatedNormalQuantile(q, a, b)).toBeCloseTo(Number(value), 9),
);
