import fc from "fast-check";
import { expect, test } from "vitest";
import { fitKernel, kernelLoss, logKernelPrior } from "./fitKernel.js";
import { createGaussianProcess, type GpInputs, type KernelParams } from "./gaussianProcess.js";
import { minimizeLbfgs } from "./lbfgs.js";
import { logExpectedImprovement, logProbabilityAbove } from "./logImprovement.js";
import { createUniform } from "./uniform.js";

/** `count` points in two numbers and a choice of three, and a wavy function of them. */
function sample(count: number, seed: number): { inputs: GpInputs; values: Float64Array } {
  const nextUnit = createUniform(seed);
  const rows = Array.from({ length: count }, () => [
    nextUnit(),
    nextUnit(),
    Math.floor(3 * nextUnit()),
  ]);
  return {
    inputs: {
      x: Float64Array.from(rows.flat()),
      count,
      categorical: Uint8Array.of(0, 0, 1),
    },
    values: Float64Array.from(rows, ([x = 0, y = 0, c = 0]) => Math.sin(5 * x) + y * y - 0.5 * c),
  };
}

const kernel: KernelParams = {
  inverseSquaredLengthscales: Float64Array.of(3, 0.7, 0.4),
  scale: 1.5,
  noise: 0.01,
};

/** Central differences. */
const slopesOf = (value: (x: Float64Array) => number, x: Float64Array) =>
  x.map((_, i) => {
    const h = 1e-5;
    const shifted = (by: number) => value(x.map((xj, j) => (j === i ? xj + by : xj)));
    return (shifted(h) - shifted(-h)) / (2 * h);
  });

const logs = fc.array(fc.double({ min: -3, max: 2, noNaN: true }), { minLength: 5, maxLength: 5 });

test("the likelihood's gradient is what finite differences give", () => {
  const { inputs, values } = sample(13, 1);
  const loss = kernelLoss(inputs, values);
  const scratch = new Float64Array(5);
  fc.assert(
    fc.property(logs, (numbers) => {
      const at = Float64Array.from(numbers);
      const gradient = new Float64Array(5);
      loss(at, gradient);
      const expected = slopesOf((x) => loss(x, scratch), at);
      for (const [i, slope] of expected.entries())
        expect(Math.abs((gradient[i] ?? 0) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }),
    { numRuns: 30 },
  );
});

test("the posterior's gradient is what finite differences give; one by one or together, it is the same", () => {
  const { inputs, values } = sample(20, 2);
  const process = createGaussianProcess(inputs, values, kernel);
  if (process === null) throw new Error("the covariance is positive definite");
  const nextUnit = createUniform(3);
  const points = Array.from({ length: 5 }, () => Float64Array.of(nextUnit(), nextUnit(), 1));
  for (const point of points) {
    const gradient = { mean: new Float64Array(3), variance: new Float64Array(3) };
    process.posterior(point, gradient);
    const means = slopesOf((x) => process.posterior(x).mean, point).slice(0, 2);
    const variances = slopesOf((x) => process.posterior(x).variance, point).slice(0, 2);
    for (const i of [0, 1]) {
      expect(gradient.mean[i]).toBeCloseTo(means[i] ?? 0, 6);
      expect(gradient.variance[i]).toBeCloseTo(variances[i] ?? 0, 6);
    }
    expect([gradient.mean[2], gradient.variance[2]]).toEqual([0, 0]);
  }
  const together = process.posteriors(points);
  expect(together).toHaveLength(5);
  for (const [index, point] of points.entries()) {
    const { mean, variance } = process.posterior(point);
    expect(together[index]?.mean).toBeCloseTo(mean, 12);
    expect(together[index]?.variance).toBeCloseTo(variance, 12);
  }
});

test("with little noise the posterior passes through what was seen, and is unsure far away", () => {
  const { inputs, values } = sample(15, 4);
  const process = createGaussianProcess(inputs, values, { ...kernel, noise: 1e-6 });
  for (let row = 0; row < 15; row++) {
    const seen = process?.posterior(inputs.x.slice(3 * row, 3 * row + 3));
    expect(seen?.mean).toBeCloseTo(values[row] ?? 0, 3);
    expect(seen?.variance).toBeLessThan(1e-4);
  }
  const far = process?.posterior(Float64Array.of(50, 50, 2));
  expect([far?.mean, far?.variance]).toEqual([expect.closeTo(0, 6), expect.closeTo(1.5, 6)]);
});

test("a fit is no worse than any kernel tried at random", () => {
  const { inputs, values } = sample(25, 5);
  const loss = kernelLoss(inputs, values);
  const fitted = fitKernel(inputs, values);
  const lossOf = ({ inverseSquaredLengthscales, scale, noise }: KernelParams) =>
    loss(
      Float64Array.of(...inverseSquaredLengthscales, scale, noise - 1e-6).map(Math.log),
      new Float64Array(5),
    );
  const nextUnit = createUniform(6);
  for (let attempt = 0; attempt < 200; attempt++) {
    const at = Float64Array.from({ length: 5 }, () => 8 * nextUnit() - 5);
    expect(loss(at, new Float64Array(5))).toBeGreaterThan(lossOf(fitted) - 1e-3);
  }
  expect(Number.isFinite(logKernelPrior(fitted))).toBe(true);
  expect(fitKernel(inputs, values, { deterministic: true }).noise).toBe(1e-6);
});

test("slopes of log expected improvement and probability are what finite differences give", () => {
  const anyCase = fc.record({
    mean: fc.double({ min: -30, max: 5, noNaN: true }),
    deviation: fc.double({ min: 0.2, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(
      anyCase,
      fc.constantFrom(logExpectedImprovement, logProbabilityAbove),
      ({ mean, deviation }, utility) => {
        const { byMean, byDeviation } = utility(mean, deviation, 0.5);
        const [meanSlope = 0, deviationSlope = 0] = slopesOf(
          ([m = 0, d = 0]) => utility(m, d, 0.5).value,
          Float64Array.of(mean, deviation),
        );
        expect(Math.abs(byMean - meanSlope)).toBeLessThan(1e-4 * (1 + Math.abs(meanSlope)));
        expect(Math.abs(byDeviation - deviationSlope)).toBeLessThan(
          1e-4 * (1 + Math.abs(deviationSlope)),
        );
      },
    ),
  );
});

test("L-BFGS finds the minimum of Rosenbrock's valley, and stops at the sides of a box", () => {
  const valley = ([x = 0, y = 0]: Float64Array, gradient: Float64Array) => {
    gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[1] = 200 * (y - x * x);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };
  const start = Float64Array.of(-1.2, 1);
  const free = minimizeLbfgs(valley, start, { gradientTolerance: 1e-8 });
  expect([...free.x]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  const box = { low: Float64Array.of(-2, -1), high: Float64Array.of(0.5, 2) };
  const boxed = minimizeLbfgs(valley, start, { ...box, gradientTolerance: 1e-8 });
  expect([...boxed.x]).toEqual([0.5, expect.closeTo(0.25, 6)]);
});

test("L-BFGS steps back from where the function has no value", () => {
  const logBarrier = ([x = 0]: Float64Array, gradient: Float64Array) => {
    gradient[0] = 1 - 1 / x;
    return x > 0 ? x - Math.log(x) : Number.NaN;
  };
  const { x } = minimizeLbfgs(logBarrier, Float64Array.of(30), { gradientTolerance: 1e-8 });
  expect(x[0]).toBeCloseTo(1, 6);
});
