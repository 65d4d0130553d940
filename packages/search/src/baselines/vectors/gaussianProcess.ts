import { ParamValue } from "@sweepyard/contract";
import { z } from "zod";
import { fitKernel, kernelLoss, logKernelPrior, MINIMUM_NOISE } from "../../fitKernel.js";
import {
  covariance,
  createGaussianProcess,
  type KernelParams,
  squaredDifferences,
} from "../../gaussianProcess.js";
import { standardise } from "../../gpData.js";
import { createGpSpace } from "../../gpSpace.js";
import {
  logExpectedImprovement,
  logProbabilityAbove,
  logUnitImprovement,
} from "../../logImprovement.js";
import { RecordedDistribution, toSpace } from "../../recordedSpace.js";
import { RecordedNumber } from "../recordedNumber.js";
import { type Pair, vectorCheck } from "../vectorCheck.js";

const Numbers = z.array(RecordedNumber);

const RecordedKernel = z.object({
  inverse_squared_lengthscales: Numbers,
  kernel_scale: RecordedNumber,
  noise_var: RecordedNumber,
});

const RecordedRegression = RecordedKernel.extend({
  X: z.array(Numbers),
  y: Numbers,
  categorical: z.array(z.boolean()),
  queries: z.array(Numbers),
  y_standardised: Numbers,
  kernel_matrix_without_noise: z.array(Numbers),
  log_likelihood_without_constant: RecordedNumber,
  log_prior: RecordedNumber,
  loss_gradient_in_log_parameters: Numbers,
  posterior_mean: Numbers,
  posterior_var: Numbers,
  log_ei: Numbers,
  fitted: RecordedKernel.extend({
    loss: RecordedNumber,
    posterior_mean: Numbers,
    posterior_var: Numbers,
  }),
});

const RecordedGp = z.object({
  matern52_of_squared_distance: z.object({ d2: Numbers, value: Numbers }),
  log_h: z.object({ z: Numbers, exact: Numbers }),
  log_ei_maximise: z.array(
    z.object({
      mean: RecordedNumber,
      sigma: RecordedNumber,
      best: RecordedNumber,
      log_ei: RecordedNumber,
      log_pi: RecordedNumber,
    }),
  ),
  regression: z.array(RecordedRegression),
  normalise: z.array(
    z.object({
      distribution: RecordedDistribution,
      values: z.array(ParamValue),
      normalised: Numbers,
    }),
  ),
});

const toKernel = (recorded: z.infer<typeof RecordedKernel>) => ({
  inverseSquaredLengthscales: Float64Array.from(recorded.inverse_squared_lengthscales),
  scale: recorded.kernel_scale,
  noise: recorded.noise_var,
});

const toLogs = ({ inverseSquaredLengthscales, scale, noise }: KernelParams) =>
  Float64Array.of(...inverseSquaredLengthscales, scale, noise - MINIMUM_NOISE).map(Math.log);

function* regressionPairs(
  recorded: z.infer<typeof RecordedRegression>,
  index: number,
): Generator<Pair> {
  const of = `regression ${index}:`;
  const inputs = {
    x: Float64Array.from(recorded.X.flat()),
    count: recorded.X.length,
    categorical: Uint8Array.from(recorded.categorical, Number),
  };
  const { values } = standardise(recorded.y);
  yield { of: `${of} y_standardised`, actual: [...values], expected: recorded.y_standardised };

  const kernel = toKernel(recorded);
  const matrix = new Float64Array(inputs.count ** 2);
  covariance(squaredDifferences(inputs), { ...kernel, noise: 0 }, matrix);
  yield {
    of: `${of} kernel matrix`,
    actual: recorded.kernel_matrix_without_noise.map((row, i) =>
      row.map((_, j) => matrix[Math.max(i, j) * inputs.count + Math.min(i, j)]),
    ),
    expected: recorded.kernel_matrix_without_noise,
  };

  const loss = kernelLoss(inputs, values);
  const gradient = new Float64Array(recorded.loss_gradient_in_log_parameters.length);
  const logPrior = logKernelPrior(kernel);
  yield { of: `${of} log_prior`, actual: logPrior, expected: recorded.log_prior };
  yield {
    of: `${of} log likelihood`,
    actual: -loss(toLogs(kernel), gradient) - logPrior,
    expected: recorded.log_likelihood_without_constant,
  };
  yield {
    of: `${of} gradient`,
    actual: [...gradient],
    expected: recorded.loss_gradient_in_log_parameters,
  };

  const queries = recorded.queries.map((query) => Float64Array.from(query));
  const posteriors = createGaussianProcess(inputs, values, kernel)?.posteriors(queries) ?? [];
  const best = Math.max(...values);
  yield {
    of: `${of} posterior`,
    actual: posteriors.map(({ mean, variance }) => [mean, variance]),
    expected: recorded.posterior_mean.map((mean, i) => [mean, recorded.posterior_var[i]]),
  };
  yield {
    of: `${of} log_ei`,
    actual: posteriors.map(
      ({ mean, variance }) => logExpectedImprovement(mean, Math.sqrt(variance + 1e-12), best).value,
    ),
    expected: recorded.log_ei,
  };

  // Optuna stops at a gradient of 1e-2, so that no two fits agree to more than this.
  const fitted = fitKernel(inputs, values);
  const fittedProcess = createGaussianProcess(inputs, values, fitted)?.posteriors(queries) ?? [];
  yield {
    of: `${of} fitted loss`,
    actual: loss(toLogs(fitted), gradient),
    expected: recorded.fitted.loss,
    tolerance: 0.01,
  };
  yield {
    of: `${of} fitted posterior`,
    actual: fittedProcess.map(({ mean, variance }) => [mean, variance]),
    expected: recorded.fitted.posterior_mean.map((mean, i) => [
      mean,
      recorded.fitted.posterior_var[i],
    ]),
    tolerance: 0.05,
  };
}

export const gaussianProcessVectors = [
  vectorCheck("gp", RecordedGp, (recorded) => {
    const { d2, value } = recorded.matern52_of_squared_distance;
    const unit = { inverseSquaredLengthscales: Float64Array.of(1), scale: 1, noise: 0 };
    const matern52 = (squaredDistance: number) => {
      const matrix = new Float64Array(4);
      covariance(Float64Array.of(squaredDistance), unit, matrix);
      return matrix[2];
    };
    const { log_h } = recorded;
    return [
      { of: "matern52", actual: d2.map(matern52), expected: value },
      { of: "log_h", actual: log_h.z.map(logUnitImprovement), expected: log_h.exact },
      ...recorded.log_ei_maximise.map(({ mean, sigma, best, log_ei, log_pi }, index) => ({
        of: `log_ei_maximise ${index}`,
        actual: [
          logExpectedImprovement(mean, sigma, best).value,
          logProbabilityAbove(mean, sigma, best).value,
        ],
        expected: [log_ei, log_pi],
      })),
      ...recorded.normalise.map(({ distribution, values, normalised }) => {
        const space = createGpSpace(toSpace({ x: distribution }));
        return {
          of: `normalise ${JSON.stringify(distribution)}`,
          actual: values.map((x) => space.encode({ x })?.[0]),
          expected: normalised,
        };
      }),
      ...recorded.regression.flatMap((each, index) => [...regressionPairs(each, index)]),
    ];
  }),
];
