import { Direction, type Params, ParamValue, type RunState, type Space } from "@sweepyard/contract";
import { z } from "zod";
import { decomposeGroups } from "../../decomposeGroups.js";
import { toNormalKernels } from "../../normalKernels.js";
import type { Observation } from "../../observation.js";
import { createParzenEstimator, recencyWeights } from "../../parzen.js";
import { createParzenAxis, type ParzenAxis, toCode } from "../../parzenAxis.js";
import { RecordedDistribution, toSpace } from "../../recordedSpace.js";
import { goodCount, splitRuns } from "../../tpeSplit.js";
import { createUniform } from "../../uniform.js";
import { RecordedNumber } from "../recordedNumber.js";
import { differenceOf, type Pair, vectorCheck } from "../vectorCheck.js";

const Numbers = z.array(RecordedNumber);
const Columns = z.record(z.string(), Numbers);
const Distributions = z.record(z.string(), RecordedDistribution);

interface Column {
  readonly name: string;
  readonly axis: ParzenAxis;
}

/** Recorded spaces have no dimension of one value, which would have no axis. */
const toColumns = (space: Space): Column[] =>
  Object.entries(space).flatMap(([name, dimension]) => {
    const axis = createParzenAxis(dimension);
    return axis === null ? [] : [{ name, axis }];
  });

const RecordedParzen = z.object({
  space: Distributions,
  observations: Columns,
  predetermined_weights: Numbers.nullish(),
  kernel_weights: Numbers,
  kernels: z.record(
    z.string(),
    z.object({
      kind: z.string(),
      mus: Numbers.optional(),
      sigmas: Numbers.optional(),
      low: RecordedNumber.optional(),
      high: RecordedNumber.optional(),
    }),
  ),
  queries: Columns,
  log_pdf: Numbers,
});

function* parzenPairs(recorded: z.infer<typeof RecordedParzen>, index: number): Generator<Pair> {
  const columns = toColumns(toSpace(recorded.space));
  const codes = columns.map(({ name }) => Float64Array.from(recorded.observations[name] ?? []));
  const weights = recorded.predetermined_weights;
  const estimator = createParzenEstimator(
    columns.map(({ axis }) => axis),
    codes,
    weights ? { weights: Float64Array.from(weights) } : {},
  );
  const of = `case ${index}:`;
  yield {
    of: `${of} weights`,
    actual: [...estimator.weights],
    expected: recorded.kernel_weights,
  };
  for (const [position, { name, axis }] of columns.entries()) {
    if (axis.kind !== "numeric") continue;
    const { mus, sigmas, low, high } = recorded.kernels[name] ?? {};
    const kernels = toNormalKernels(axis, codes[position] ?? new Float64Array());
    yield { of: `${of} mus of ${name}`, actual: [...kernels.mus], expected: mus };
    yield { of: `${of} sigmas of ${name}`, actual: [...kernels.sigmas], expected: sigmas };
    yield { of: `${of} ends of ${name}`, actual: [axis.low, axis.high], expected: [low, high] };
  }
  yield {
    of: `${of} log_pdf`,
    actual: recorded.log_pdf.map((_, row) =>
      estimator.logPdf(columns.map(({ name }) => recorded.queries[name]?.[row] ?? Number.NaN)),
    ),
    expected: recorded.log_pdf,
  };
}

const STATES: Readonly<Record<string, RunState>> = {
  running: "running",
  complete: "completed",
  pruned: "pruned",
};

const RecordedSplit = z.object({
  direction: Direction,
  trials: z.array(
    z.object({
      state: z.string(),
      value: RecordedNumber.optional(),
      intermediate: z.record(z.string(), RecordedNumber).optional(),
    }),
  ),
  n_below: z.int(),
  below: z.array(z.int()),
  above: z.array(z.int()),
});

function splitPair(recorded: z.infer<typeof RecordedSplit>, index: number): Pair {
  const history = recorded.trials.map(
    ({ state, value = null, intermediate = {} }, number): Observation => ({
      number,
      params: {},
      state: STATES[state] ?? "failed",
      value,
      points: Object.entries(intermediate).map(([step, at]) => ({ step: Number(step), value: at })),
    }),
  );
  const { good, bad } = splitRuns(history, recorded.direction, recorded.n_below);
  const numbers = (runs: readonly Observation[]) => runs.map(({ number }) => number);
  return {
    of: `case ${index}`,
    actual: [numbers(good), numbers(bad)],
    expected: [recorded.below, recorded.above],
  };
}

const RecordedParams = z.record(z.string(), ParamValue);

const RecordedAcquisition = z.object({
  direction: Direction,
  space: Distributions,
  history: z.array(z.object({ params: RecordedParams, value: RecordedNumber })),
  below: z.array(z.int()),
  queries: z.array(RecordedParams),
  log_l: Numbers,
  log_g: Numbers,
  /** "stable": equals were kept in order. */
  argsort: z.string().optional(),
});

const RecordedGroups = z.object({
  trials: z.array(z.array(z.string())),
  groups_after_each: z.array(z.array(z.array(z.string()))),
});

function* acquisitionPairs(
  recorded: z.infer<typeof RecordedAcquisition>,
  index: number,
): Generator<Pair> {
  const space = toSpace(recorded.space);
  const columns = toColumns(space);
  const history = recorded.history.map(
    ({ params, value }, number): Observation => ({ number, params, state: "completed", value }),
  );
  const split = splitRuns(history, recorded.direction, goodCount(history.length));
  const codesOf = (params: Params) =>
    columns.map(({ name }) => {
      const dimension = space[name];
      return dimension === undefined ? Number.NaN : toCode(dimension, params[name]);
    });
  /** @param order of the runs, which tells which of two equal values comes first */
  const logPdfs = (runs: readonly Observation[], order = [...runs.keys()]) => {
    const rows = order.map((index) => codesOf(runs[index]?.params ?? {}));
    const weights = recencyWeights(runs.length);
    const estimator = createParzenEstimator(
      columns.map(({ axis }) => axis),
      columns.map((_, position) => Float64Array.from(rows, (row) => row[position] ?? Number.NaN)),
      { weights: Float64Array.from(order, (index) => weights[index] ?? 1) },
    );
    return recorded.queries.map((query) => estimator.logPdf(codesOf(query)));
  };
  const logPdfPair = (name: string, runs: readonly Observation[], expected: number[]): Pair => {
    const pair = { of: `${of} ${name}`, actual: logPdfs(runs), expected };
    const rows = runs.map(({ params }) => codesOf(params));
    const tied = recorded.argsort === "stable" ? [] : tiedRows(columns, rows);
    if (tied.length === 0 || differenceOf(pair) === null) return pair;
    const orders = Array.from({ length: SHUFFLES }, (_, seed) =>
      logPdfs(runs, shuffledAmong(runs.length, tied, createUniform(seed))),
    );
    const among = (query: number) => orders.map((each) => each[query] ?? Number.NaN);
    return {
      ...pair,
      actual: expected.map((value, query) =>
        Math.min(Math.max(value, Math.min(...among(query))), Math.max(...among(query))),
      ),
    };
  };
  const of = `case ${index}:`;
  const below = split.good.map(({ number }) => number);
  yield { of: `${of} good runs`, actual: below, expected: recorded.below };
  yield logPdfPair("log l", split.good, recorded.log_l);
  yield logPdfPair("log g", split.bad, recorded.log_g);
}

/**
 * Rows that share a value with one whose kernel is of another width. Which of them has the wider
 * one hangs on the order that NumPy's argsort leaves equals in, and that on the processor it ran on
 * (fixtures/README.md). A figure that some order of these rows comes to, or that lies between two
 * such figures, is as good as ours; orders beyond counting are tried by so many shuffles.
 */
function tiedRows(columns: readonly Column[], rows: readonly (readonly number[])[]): number[] {
  const tied = new Set<number>();
  for (const [position, { axis }] of columns.entries()) {
    if (axis.kind !== "numeric") continue;
    const codes = Float64Array.from(rows, (row) => row[position] ?? Number.NaN);
    const { mus, sigmas } = toNormalKernels(axis, codes);
    const differs = (row: number, other: number) =>
      mus[row] === mus[other] && sigmas[row] !== sigmas[other];
    for (const row of rows.keys()) if (rows.some((_, other) => differs(row, other))) tied.add(row);
  }
  return [...tied];
}

const SHUFFLES = 300;

/** All rows in order, but those of `among` in each other's places. */
function shuffledAmong(length: number, among: readonly number[], nextUnit: () => number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = among.length - 1; last > 0; last--) {
    const [here = 0, there = 0] = [among[last], among[Math.floor(nextUnit() * (last + 1))]];
    [order[here], order[there]] = [order[there] ?? 0, order[here] ?? 0];
  }
  return order;
}

const sortedGroups = (groups: readonly (readonly string[])[]) =>
  groups.map((names) => names.toSorted()).toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

export const tpeVectors = [
  vectorCheck(
    "tpe_gamma",
    z.object({ n: z.array(z.int()), single: z.array(z.int()) }),
    ({ n, single }) => [{ of: "good runs", actual: n.map(goodCount), expected: single }],
  ),
  vectorCheck("tpe_weights", z.array(z.object({ n: z.int(), weights: Numbers })), (recorded) =>
    recorded.map(({ n, weights }) => ({
      of: `of ${n}`,
      actual: [...recencyWeights(n)],
      expected: weights,
    })),
  ),
  vectorCheck("parzen", z.array(RecordedParzen), (recorded) =>
    recorded.flatMap((each, index) => [...parzenPairs(each, index)]),
  ),
  vectorCheck("tpe_split", z.array(RecordedSplit), (recorded) => recorded.map(splitPair)),
  vectorCheck(
    "group_decomposition",
    z.union([RecordedGroups.transform((one) => [one]), z.array(RecordedGroups)]),
    (recorded) =>
      recorded.flatMap(({ trials, groups_after_each }, index) =>
        groups_after_each.map((expected, trial) => ({
          of: `case ${index}: after trial ${trial}`,
          actual: sortedGroups(decomposeGroups(trials.slice(0, trial + 1))),
          expected: sortedGroups(expected),
        })),
      ),
  ),
  vectorCheck("tpe_acquisition", z.array(RecordedAcquisition), (recorded) =>
    recorded.flatMap((each, index) => [...acquisitionPairs(each, index)]),
  ),
];
