import { z } from "zod";
import { cmaConstants } from "../../cmaConstants.js";
import { createCmaState, tellCma } from "../../cmaState.js";
import { type Pair, vectorCheck } from "../vectorCheck.js";

const Numbers = z.array(z.number());

const RecordedConstants = z.object({
  dims: z.int(),
  popsize: z.int(),
  mu: z.int(),
  mu_eff: z.number(),
  weights: Numbers,
  c1: z.number(),
  cmu: z.number(),
  cc: z.number(),
  c_sigma: z.number(),
  d_sigma: z.number(),
  chi_n: z.number(),
});

function constantsPair({ dims, ...expected }: z.infer<typeof RecordedConstants>): Pair {
  const ours = cmaConstants(dims);
  const actual = {
    popsize: ours.popsize,
    mu: ours.mu,
    mu_eff: ours.muEff,
    weights: [...ours.weights],
    c1: ours.c1,
    cmu: ours.cMu,
    cc: ours.cc,
    c_sigma: ours.cSigma,
    d_sigma: ours.dSigma,
    chi_n: ours.chiN,
  };
  return { of: `${dims} dimensions`, actual, expected };
}

const RecordedTell = z.object({
  dims: z.int(),
  mean0: z.number(),
  sigma0: z.number(),
  generations: z.array(
    z.object({
      told: z.array(z.object({ x: Numbers, y: z.number() })),
      mean: Numbers,
      sigma: z.number(),
      p_sigma: Numbers,
      p_c: Numbers,
      C: z.array(Numbers),
      generation: z.int(),
    }),
  ),
});

function* tellPairs({ dims, mean0, sigma0, generations }: z.infer<typeof RecordedTell>) {
  const mean = new Float64Array(dims).fill(mean0);
  let state = createCmaState(cmaConstants(dims), mean, sigma0);
  for (const { told, ...expected } of generations) {
    state = tellCma(
      state,
      told.map(({ x, y }) => ({ x: Float64Array.from(x), loss: y })),
    );
    const rows = Array.from({ length: dims }, (_, i) =>
      Array.from(state.covariance.subarray(i * dims, (i + 1) * dims)),
    );
    const actual = {
      mean: [...state.mean],
      sigma: state.sigma,
      p_sigma: [...state.pSigma],
      p_c: [...state.pC],
      C: rows,
      generation: state.generation,
    };
    yield { of: `${dims} dimensions, generation ${expected.generation}`, actual, expected };
  }
}

export const cmaesVectors = [
  vectorCheck("cmaes_constants", z.array(RecordedConstants), (recorded) =>
    recorded.map(constantsPair),
  ),
  vectorCheck("cmaes_tell", z.array(RecordedTell), (recorded) =>
    recorded.flatMap((each) => [...tellPairs(each)]),
  ),
];
