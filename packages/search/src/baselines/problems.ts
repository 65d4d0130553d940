import { type Params, ParamValue } from "@sweepyard/contract";
import { z } from "zod";
import { RecordedDistribution } from "../recordedSpace.js";
import { RecordedNumber } from "./recordedNumber.js";

export const RecordedProblem = z.object({
  id: z.string(),
  space: z.array(RecordedDistribution.extend({ name: z.string() })),
  constants: z.record(z.string(), z.unknown()).default({}),
  reference_point: z.array(z.number()).optional(),
  check: z.array(
    z.object({
      params: z.record(z.string(), ParamValue),
      value: z.union([RecordedNumber, z.array(RecordedNumber)]),
    }),
  ),
});
export type RecordedProblem = z.infer<typeof RecordedProblem>;

export const ProblemsFile = z.object({
  single: z.array(RecordedProblem).default([]),
  multi: z.array(RecordedProblem).default([]),
});

/** The values to minimise, one for each objective. */
export type Objective = (params: Params) => number[];

/**
 * The formula of a recorded problem by its id, a number of dimensions at the end not counted;
 * null if it is not known here.
 */
export function toObjective({ id, space, constants }: RecordedProblem): Objective | null {
  const formula = FORMULAS[id] ?? FORMULAS[id.replace(/\d+$/, "")];
  if (formula === undefined) return null;
  const names = space.map(({ name }) => name);
  return (params) =>
    formula({ params, constants, x: names.map((name) => Number(params[name] ?? Number.NaN)) });
}

interface FormulaInput {
  readonly params: Params;
  /** Numeric params in the space's order. */
  readonly x: readonly number[];
  readonly constants: Readonly<Record<string, unknown>>;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const numbers = (value: unknown) => z.array(z.number()).parse(value);
const rows = (value: unknown) => z.array(z.array(z.number())).parse(value);
const perChoice = (value: unknown) => z.record(z.string(), z.number()).parse(value);

const FORMULAS: Readonly<Record<string, ((input: FormulaInput) => number[]) | undefined>> = {
  branin({ x: [x = 0, y = 0] }) {
    const bend = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
    return [bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10];
  },
  hartmann({ x, constants }) {
    const [A, P] = [rows(constants.A), rows(constants.P)];
    const bowl = (i: number) =>
      Math.exp(-sum(x.map((xj, j) => (A[i]?.[j] ?? 0) * (xj - (P[i]?.[j] ?? 0)) ** 2)));
    return [-sum(numbers(constants.alpha).map((alpha, i) => alpha * bowl(i)))];
  },
  rosenbrock({ x }) {
    const terms = x.slice(1).map((next, i) => {
      const xi = x[i] ?? 0;
      return 100 * (next - xi * xi) ** 2 + (1 - xi) ** 2;
    });
    return [sum(terms)];
  },
  sphere({ x, constants }) {
    const c = numbers(constants.c);
    return [sum(x.map((xi, i) => (xi - (c[i] ?? 0)) ** 2))];
  },
  ackley({ x, constants }) {
    const c = numbers(constants.c);
    const d = x.map((xi, i) => xi - (c[i] ?? 0));
    const meanOf = (of: (di: number) => number) => sum(d.map(of)) / d.length;
    const distance = Math.sqrt(meanOf((di) => di * di));
    const waves = meanOf((di) => Math.cos(2 * Math.PI * di));
    return [-20 * Math.exp(-0.2 * distance) - Math.exp(waves) + 20 + Math.E];
  },
  netmix: (input) => [netmix(input)],
  zdt1({ x: [x1 = 0, ...rest] }) {
    const g = 1 + (9 * sum(rest)) / rest.length;
    return [x1, g * (1 - Math.sqrt(x1 / g))];
  },
};

/** How far, in decades, the learning rate is above the best one for the optimizer and the depth. */
export function netmixRateOffset({ params, constants }: Omit<FormulaInput, "x">): number {
  const best = perChoice(constants.lr0)[String(params.optimizer)] ?? Number.NaN;
  return Math.log10(Number(params.lr)) - Math.log10(best) + 0.15 * (Number(params.depth) - 3);
}

function netmix({ params, constants }: Omit<FormulaInput, "x">): number {
  const depth = Number(params.depth);
  const t = netmixRateOffset({ params, constants });
  const k = t > 0 ? 0.1 : 0.04;
  const target = numbers(constants.target);
  const layers = Array.from({ length: depth }, (_, i) => i);
  const units = sum(
    layers.map((i) => Math.log2(Number(params[`units_${i + 1}`]) / (target[i] ?? 1)) ** 2),
  );
  return (
    0.08 +
    (perChoice(constants.base)[String(params.optimizer)] ?? Number.NaN) +
    0.8 * (1 - Math.exp(-k * t * t)) +
    (numbers(constants.depth_term)[depth - 1] ?? Number.NaN) +
    (0.015 / depth) * units +
    0.3 * (Number(params.dropout) - (0.1 + 0.05 * depth)) ** 2
  );
}

/** The first check point that `objective` misses by over 1e-9, in words; null if there is none. */
export function checkError(problem: RecordedProblem, objective: Objective): string | null {
  for (const [index, { params, value }] of problem.check.entries()) {
    const expected = Array.isArray(value) ? value : [value];
    const actual = objective(params);
    const isEqual = expected.every(
      (each, i) => Math.abs(each - (actual[i] ?? Number.NaN)) <= 1e-9 * Math.max(1, Math.abs(each)),
    );
    if (!isEqual) return `check point ${index} gives ${actual}, recorded ${expected}`;
  }
  return null;
}
