import { z } from "zod";
import { nanPercentile } from "../../percentile.js";
import { signedRankPValue } from "../../signedRank.js";
import { RecordedNumber } from "../recordedNumber.js";
import { type VectorCheck, vectorCheck } from "../vectorCheck.js";

/** What the percentile and Wilcoxon pruners compute. */
export const pruningVectors: readonly VectorCheck[] = [
  vectorCheck(
    "nanpercentile",
    z.array(z.object({ values: z.array(RecordedNumber), q: z.number(), value: RecordedNumber })),
    (recorded) =>
      recorded.map(({ values, q, value }) => ({
        of: `percentile ${q} of ${values}`,
        actual: nanPercentile(values, q),
        expected: value,
        tolerance: 1e-12,
      })),
  ),
  vectorCheck(
    "wilcoxon",
    z.array(
      z.object({
        differences: z.array(z.number()),
        p_greater: RecordedNumber,
        p_less: RecordedNumber,
      }),
    ),
    (recorded) =>
      recorded.flatMap(({ differences, p_greater, p_less }, index) => [
        {
          of: `p_greater of case ${index}`,
          actual: signedRankPValue(differences),
          expected: p_greater,
          tolerance: 1e-12,
        },
        {
          of: `p_less of case ${index}`,
          actual: signedRankPValue(differences.map((difference) => -difference)),
          expected: p_less,
          tolerance: 1e-12,
        },
      ]),
  ),
];
