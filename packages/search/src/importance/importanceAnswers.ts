import type {
  ImportanceMethod,
  ImportanceStatus,
  ImportanceView,
  Objective,
  ParamImportance,
  PartialDependenceView,
  Space,
  SurrogateView,
} from "@sweepyard/contract";
import { levelCount, levelOf } from "../levels.js";
import type { Observation } from "../observation.js";
import { dimensionGrid } from "./dimensionGrid.js";
import { fanova, fanovaPairs } from "./fanova.js";
import { completedRuns, type FiniteRun, finiteRuns } from "./finiteRuns.js";
import type { ImportanceAxis } from "./forestTable.js";
import { type Importance, normalised } from "./importance.js";
import { meanDecreaseImpurity } from "./meanDecreaseImpurity.js";
import { pedAnova } from "./pedAnova.js";
import { rankCorrelation } from "./rankCorrelation.js";
import { partialDependence, surrogate } from "./surrogate.js";

/** A sweep as questions about its dimensions see it. */
export interface ImportanceSweep {
  readonly space: Space;
  readonly objectives: readonly Objective[];
  readonly history: readonly Observation[];
}

/** Below this no figure means anything, of all runs or of a dimension's. */
const FEWEST_RUNS = 10;
/** Below this the order may well change: a tenth of them, the good ones, are not even five. */
const FEW_RUNS = 50;
/** Forests learn from so many runs at most: more take seconds and change little. */
const FOREST_RUNS_MAX = 4_000;
/** Pairs are many, and each is a plane of cells. */
const PAIR_RUNS_MAX = 1_000;
/** Drawings of the runs that PED-ANOVA's spread is taken over. */
const RESAMPLES = 32;

export interface ImportanceQuestion {
  readonly method: ImportanceMethod;
  /** Which objective; null: being on the Pareto front, by `ped_anova` alone. */
  readonly objective: number | null;
  /** Of `fanova`; see ImportanceAxis. */
  readonly axis: ImportanceAxis;
  readonly pairs: boolean;
}

/** How much each dimension of a sweep matters, and what to know before going by it. */
export function importanceAnswer(
  { space, objectives, history }: ImportanceSweep,
  { method, objective, axis, pairs }: ImportanceQuestion,
): ImportanceView {
  const asked = objective === null ? null : (objectives[objective] ?? null);
  const task = { space, history };
  const runs =
    objective === null ? frontRuns(task, objectives) : finiteRuns({ ...task, objective });
  const limit = method === "ped_anova" ? runs.length : FOREST_RUNS_MAX;
  const behind = judgeRuns(runs, { objective: asked, limit });
  const nothing = { method, objective: asked, ...behind, params: [], pairs: pairs ? [] : null };
  if (isWithoutFigures(behind.status)) return nothing;
  const options = { axis, max_runs: FOREST_RUNS_MAX };
  const found = (() => {
    switch (method) {
      case "ped_anova": {
        const directions = objectives.map(({ direction }) => direction);
        return pedAnova({ ...task, objective }, directions, { resamples: RESAMPLES });
      }
      case "fanova":
        return fanova({ ...task, objective: objective ?? 0 }, options);
      case "mean_decrease_impurity":
        return meanDecreaseImpurity({ ...task, objective: objective ?? 0 }, options);
    }
  })();
  const pairTask = { ...task, objective: objective ?? 0 };
  return {
    ...nothing,
    params: describeParams(space, runs, { found, objective: asked }),
    pairs: pairs
      ? fanovaPairs(pairTask, { axis, max_runs: PAIR_RUNS_MAX }).map(
          ({ names, importance, spread }) => ({ names: [...names], importance, spread }),
        )
      : null,
  };
}

function describeParams(
  space: Space,
  runs: readonly FiniteRun[],
  { found, objective }: { found: readonly Importance[]; objective: Objective | null },
): ParamImportance[] {
  const havingOf = (name: string) => runs.filter(({ params }) => Object.hasOwn(params, name));
  const varies = (name: string) => space[name] !== undefined && levelCount(space[name]) > 1;
  const known = found.filter(({ name }) => havingOf(name).length >= FEWEST_RUNS);
  const shares = new Map(normalised(known).map((each) => [each.name, each]));
  return Object.keys(space)
    .filter(varies)
    .map((name): ParamImportance => {
      const having = havingOf(name);
      const share = shares.get(name);
      const correlation = objective === null ? null : correlationOf(space, name, having);
      return {
        name,
        importance: share?.importance ?? null,
        spread: share?.spread ?? null,
        runs: having.length,
        correlation,
        better: betterSide(correlation, having.length, objective),
      };
    })
    .sort((a, b) => (b.importance ?? -1) - (a.importance ?? -1) || (a.name < b.name ? -1 : 1));
}

function correlationOf(space: Space, name: string, runs: readonly FiniteRun[]): number | null {
  const dimension = space[name];
  if (dimension === undefined || dimension.type === "categorical") return null;
  const positions = runs.map(({ params }) => {
    const value = params[name];
    return dimension.type === "ordinal" ? levelOf(dimension, value) : Number(value);
  });
  return rankCorrelation(
    positions,
    runs.map(({ value }) => value),
  );
}

/** Deviations of a correlation of nothing with nothing, which one in a hundred passes. */
const CHANCE = 2.58;

function betterSide(
  correlation: number | null,
  runs: number,
  objective: Objective | null,
): ParamImportance["better"] {
  if (correlation === null || objective === null) return null;
  if (Math.abs(correlation) * Math.sqrt(runs - 1) < CHANCE) return null;
  return correlation > 0 === (objective.direction === "maximize") ? "higher" : "lower";
}

export interface DependenceQuestion {
  readonly objective: number;
  /** Absent: all dimensions. */
  readonly params?: readonly string[];
  readonly points: number;
}

/** How the objective depends on single dimensions. */
export function dependenceAnswer(
  { space, objectives, history }: ImportanceSweep,
  { objective, params, points }: DependenceQuestion,
): PartialDependenceView {
  const task = { space, history, objective };
  const asked = objectiveAt(objectives, objective);
  const behind = judgeRuns(finiteRuns(task), { objective: asked, limit: FOREST_RUNS_MAX });
  if (isWithoutFigures(behind.status)) return { objective: asked, ...behind, curves: [] };
  const curves = partialDependence(task, { points, max_runs: FOREST_RUNS_MAX })
    .filter(({ name }) => params?.includes(name) ?? true)
    .map((curve) => ({
      ...curve,
      values: [...curve.values],
      mean: [...curve.mean],
      spread: [...curve.spread],
    }));
  const told = new Set(curves.map(({ name }) => name));
  const missing = (params ?? []).filter((name) => !told.has(name));
  const notes = missing.map((name) => `${name} varies in fewer than ${FEWEST_RUNS} runs.`);
  return { objective: asked, ...behind, notes: [...behind.notes, ...notes], curves };
}

export interface SurrogateQuestion {
  readonly objective: number;
  readonly x: string;
  readonly y: string;
  readonly points: number;
}

/** Runs are told by their numbers: this package knows no ids. */
export type SurrogateAnswer = Omit<SurrogateView, "points"> & {
  readonly points: Omit<SurrogateView["points"][number], "runId">[];
};

/** Runs to draw over a plane. */
const POINTS_MAX = 1_000;

/** The objective over the plane of two dimensions; both are in the space. */
export function surrogateAnswer(
  { space, objectives, history }: ImportanceSweep,
  { objective, x, y, points }: SurrogateQuestion,
): SurrogateAnswer {
  const task = { space, history, objective };
  const asked = objectiveAt(objectives, objective);
  const having = finiteRuns(task).filter(
    ({ params }) => Object.hasOwn(params, x) && Object.hasOwn(params, y),
  );
  const behind = judgeRuns(having, { objective: asked, limit: FOREST_RUNS_MAX });
  const plane = isWithoutFigures(behind.status)
    ? null
    : surrogate(task, [x, y], { points, max_runs: FOREST_RUNS_MAX });
  const axisOf = (name: string) => {
    const dimension = space[name];
    const { scale, values } = dimension
      ? dimensionGrid(dimension, points)
      : { scale: "choices" as const, values: [] };
    return { name, scale, values: [...values] };
  };
  const stride = Math.max(1, having.length / POINTS_MAX);
  return {
    objective: asked,
    ...behind,
    x: axisOf(x),
    y: axisOf(y),
    mean: plane?.mean.map((row) => [...row]) ?? [],
    spread: plane?.spread.map((row) => [...row]) ?? [],
    points: having
      .filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride))
      .map(({ number, params, value }) => ({
        number,
        x: params[x] ?? null,
        y: params[y] ?? null,
        value,
      })),
  };
}

const objectiveAt = (objectives: readonly Objective[], index: number): Objective => {
  const objective = objectives[index];
  if (objective === undefined) throw new RangeError(`there is no objective ${index}`);
  return objective;
};

const isWithoutFigures = (status: ImportanceStatus) =>
  status === "too_few_runs" || status === "no_variation";

/** What the runs behind an answer are worth, in a word and in whole sentences. */
function judgeRuns(
  runs: readonly FiniteRun[],
  { objective, limit }: { objective: Objective | null; limit: number },
): Pick<ImportanceView, "status" | "notes" | "runs" | "runsUsed"> {
  const metric = objective?.metric ?? "value of each objective";
  const figures = { runs: runs.length, runsUsed: Math.min(runs.length, limit) };
  const completed = `${runs.length} completed ${runs.length === 1 ? "run has" : "runs have"}`;
  if (runs.length < FEWEST_RUNS)
    return {
      ...figures,
      status: "too_few_runs",
      notes: [
        `So far ${completed} a finite ${metric} in the present space; ${FEWEST_RUNS} are needed to tell what matters.`,
      ],
    };
  const [first] = runs;
  if (objective !== null && runs.every(({ value }) => value === first?.value))
    return {
      ...figures,
      status: "no_variation",
      notes: [
        `All ${runs.length} completed runs have the same ${metric}, ${first?.value}: no param makes a difference.`,
      ],
    };
  const notes: string[] = [];
  if (figures.runsUsed < runs.length)
    notes.push(
      `Learnt from ${figures.runsUsed} of ${runs.length} runs, spread evenly over the sweep.`,
    );
  if (runs.length >= FEW_RUNS) return { ...figures, status: "ok", notes };
  notes.push(
    `With ${runs.length} runs the figures are rough: from ${FEW_RUNS} runs on their order holds better.`,
  );
  return { ...figures, status: "few_runs", notes };
}

/** Completed runs with all objectives; `value` is the first. */
const frontRuns = (
  { space, history }: Pick<ImportanceSweep, "space" | "history">,
  objectives: readonly Objective[],
): FiniteRun[] =>
  completedRuns(space, history).flatMap(({ number, params, value, values }): FiniteRun[] => {
    const finite = (values ?? [value]).filter((each) => Number.isFinite(each));
    if (finite.length < objectives.length) return [];
    return [{ number, params, value: Number(finite[0]) }];
  });
