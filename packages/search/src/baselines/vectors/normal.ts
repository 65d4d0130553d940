import { z } from "zod";
import {
  logNdtr,
  logNormalMass,
  truncatedNormalLogPdf,
  truncatedNormalQuantile,
} from "../../truncatedNormal.js";
import { RecordedNumber } from "../recordedNumber.js";
import { vectorCheck } from "../vectorCheck.js";

const ends = { a: RecordedNumber, b: RecordedNumber };

export const normalVectors = [
  vectorCheck(
    "log_ndtr",
    z.array(z.object({ x: RecordedNumber, value: RecordedNumber })),
    (recorded) =>
      recorded.map(({ x, value }) => ({ of: `at ${x}`, actual: logNdtr(x), expected: value })),
  ),
  vectorCheck("log_gauss_mass", z.array(z.object({ ...ends, value: RecordedNumber })), (recorded) =>
    recorded.map(({ a, b, value }) => ({
      of: `from ${a} to ${b}`,
      actual: logNormalMass(a, b),
      expected: value,
    })),
  ),
  vectorCheck(
    "truncnorm_logpdf",
    z.array(
      z.object({
        ...ends,
        x: RecordedNumber,
        loc: z.number(),
        scale: z.number(),
        logpdf: RecordedNumber,
      }),
    ),
    (recorded) =>
      recorded.map(({ x, a, b, loc, scale, logpdf }) => ({
        of: `at ${x} from ${a} to ${b}`,
        actual: truncatedNormalLogPdf(x, loc, scale, [a, b]),
        expected: logpdf,
      })),
  ),
  vectorCheck(
    "truncnorm_ppf",
    z.array(z.object({ ...ends, q: z.number(), value: RecordedNumber })),
    (recorded) =>
      recorded.map(({ q, a, b, value }) => ({
        of: `${q} from ${a} to ${b}`,
        actual: truncatedNormalQuantile(q, a, b),
        expected: value,
      })),
  ),
];
