import { describe, expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { toNormalKernels } from "./normalKernels.js";
import { createParzenEstimator, recencyWeights } from "./parzen.js";
import { createParzenAxis, type ParzenAxis } from "./parzenAxis.js";
import { toSpace } from "./recordedSpace.js";
import { createUniform } from "./uniform.js";

type Columns = Readonly<Record<string, readonly number[] | undefined>>;

interface RecordedKernels {
  readonly kind: string;
  readonly mus?: readonly number[];
  readonly sigmas?: readonly number[];
  readonly low?: number;
  readonly high?: number;
}

/** 1e-9, as Optuna's own logarithms are good to about 1e-12. */
const expectAllClose = (actual: Iterable<number>, expected: readonly number[]) => {
  const values = [...actual];
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index] ?? 0, 9);
};

function setUp(recorded: (typeof vectors.parzen)[number]) {
  const space = toSpace(recorded.space);
  const observations = recorded.observations as Columns;
  const axes = Object.values(space).map((dimension) => {
    const axis = createParzenAxis(dimension);
    if (axis === null) throw new Error("a recorded dimension has one value only");
    return axis;
  });
  const columns = Object.keys(space).map((name) => Float64Array.from(observations[name] ?? []));
  return { names: Object.keys(space), axes, columns };
}

describe("the estimator equals Optuna's", () => {
  test.each(vectors.parzen.map((recorded, index) => ({ index, recorded })))(
    "case $index",
    (each) => {
      const { recorded } = each;
      const { names, axes, columns } = setUp(recorded);
      const estimator = createParzenEstimator(axes, columns);
      expectAllClose(estimator.weights, recorded.kernel_weights);
      const recordedKernels: Partial<Record<string, RecordedKernels>> = recorded.kernels;
      for (const [position, name] of names.entries()) {
        const kernels = recordedKernels[name];
        const axis = axes[position];
        if (axis?.kind !== "numeric") continue;
        const { mus, sigmas } = toNormalKernels(axis, columns[position] ?? new Float64Array());
        expectAllClose(mus, kernels?.mus ?? []);
        expectAllClose(sigmas, kernels?.sigmas ?? []);
        expectAllClose([axis.low, axis.high], [kernels?.low ?? 0, kernels?.high ?? 0]);
      }
      const queries = recorded.queries as Columns;
      const logPdfs = recorded.log_pdf.map((_, row) =>
        estimator.logPdf(names.map((name) => queries[name]?.[row] ?? Number.NaN)),
      );
      expectAllClose(logPdfs, recorded.log_pdf);
    },
  );
});

test.each(vectors.tpe_weights)("weights of $n observations", ({ n, weights }) =>
  expectAllClose(recencyWeights(n), weights),
);

test("sampling follows the density", () => {
  const axes: ParzenAxis[] = [
    { kind: "categorical", choices: 3 },
    ...Object.values(toSpace({ n: { type: "int", low: 1, high: 4 } })).flatMap(
      (dimension) => createParzenAxis(dimension) ?? [],
    ),
  ];
  const estimator = createParzenEstimator(axes, [Float64Array.of(0, 2), Float64Array.of(1, 3)]);
  const nextUnit = createUniform(1);
  const counts = new Map<string, number>();
  const draws = 20_000;
  for (let draw = 0; draw < draws; draw++) {
    const point = String(estimator.sample(nextUnit));
    counts.set(point, (counts.get(point) ?? 0) + 1);
  }
  let total = 0;
  for (const choice of [0, 1, 2])
    for (const n of [1, 2, 3, 4]) {
      const share = Math.exp(estimator.logPdf([choice, n]));
      total += share;
      const tolerance = 4 * Math.sqrt((share * (1 - share)) / draws);
      const seen = (counts.get(`${choice},${n}`) ?? 0) / draws;
      expect(Math.abs(seen - share)).toBeLessThan(tolerance);
    }
  expect(total).toBeCloseTo(1, 9);
});
