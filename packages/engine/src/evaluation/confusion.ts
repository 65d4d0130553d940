import type { AverageReport, ClassificationReport, ClassReport } from "@sweepyard/contract";

/** What a binary decision, or one class against all others, comes to. */
export interface Tally {
  /** Rows of the class that were predicted as such. */
  readonly hits: number;
  /** Rows of the class. */
  readonly support: number;
  /** Rows predicted as the class. */
  readonly predicted: number;
}

export type ConfusionCounts = readonly (readonly number[])[];

/** [actual][predicted] counts of `classes` classes. */
export function countConfusions(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) {
    const line = counts[labels[row] as number] as number[];
    const predicted = predictions[row] as number;
    line[predicted] = (line[predicted] as number) + 1;
  }
  return counts;
}

/** One for each class. */
export const talliesOf = (counts: ConfusionCounts): Tally[] =>
  counts.map((line, label) => ({
    hits: line[label] as number,
    support: sum(line),
    predicted: sum(counts.map((other) => other[label] as number)),
  }));

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** 0 of 0 is 0: scikit-learn's `zero_division` 0. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const scoresOf = ({ hits, support, predicted }: Tally): AverageReport => ({
  precision: shareOf(hits, predicted),
  recall: shareOf(hits, support),
  f1: shareOf(2 * hits, support + predicted),
});

export type Averages = Pick<ClassificationReport, "macro" | "weighted"> & {
  readonly micro: AverageReport;
};

/** Over all labels, those without rows included. */
export function averagesOf(tallies: readonly Tally[], perClass: readonly ClassReport[]): Averages {
  const mean = (weightOf: (support: number) => number): AverageReport => {
    const whole = sum(perClass.map(({ support }) => weightOf(support)));
    const of = (figure: keyof AverageReport) =>
      shareOf(sum(perClass.map((one) => one[figure] * weightOf(one.support))), whole);
    return { precision: of("precision"), recall: of("recall"), f1: of("f1") };
  };
  const total = (figure: keyof Tally) => sum(tallies.map((tally) => tally[figure]));
  return {
    macro: mean(() => 1),
    micro: scoresOf({
      hits: total("hits"),
      support: total("support"),
      predicted: total("predicted"),
    }),
    weighted: mean((support) => support),
  };
}

/** Mean recall of the classes that have rows. @see Brodersen et al., ICPR 2010 */
export function balancedAccuracy(tallies: readonly Tally[]): number | null {
  const present = tallies.filter(({ support }) => support > 0);
  if (present.length === 0) return null;
  return sum(present.map(({ hits, support }) => hits / support)) / present.length;
}

/**
 * The correlation of actual and predicted classes, -1 to 1; 0 where either is always the same.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient (2004)
 */
export function matthewsCorrelation(tallies: readonly Tally[]): number {
  const rows = sum(tallies.map(({ support }) => support));
  const hits = sum(tallies.map((tally) => tally.hits));
  const cross = sum(tallies.map(({ support, predicted }) => support * predicted));
  const actual = rows ** 2 - sum(tallies.map(({ support }) => support ** 2));
  const guessed = rows ** 2 - sum(tallies.map(({ predicted }) => predicted ** 2));
  return shareOf(hits * rows - cross, Math.sqrt(actual * guessed));
}

/**
 * Agreement beyond chance, 1 at most; null where chance alone would agree always.
 * @see Cohen, A Coefficient of Agreement for Nominal Scales (1960)
 */
export function cohenKappa(tallies: readonly Tally[]): number | null {
  const rows = sum(tallies.map(({ support }) => support));
  const disagreed = rows - sum(tallies.map(({ hits }) => hits));
  const chance = sum(tallies.map(({ support, predicted }) => support * predicted)) / rows;
  return rows === 0 || chance === rows ? null : 1 - disagreed / (rows - chance);
}

/** Pairs of classes by how often they are taken for one another, both ways together. */
export function confusedPairs(
  counts: ConfusionCounts,
  classNames: readonly string[],
): ClassificationReport["mostConfused"] {
  const pairs: ClassificationReport["mostConfused"] = [];
  for (const [i, a] of classNames.entries())
    for (let j = i + 1; j < classNames.length; j++) {
      const aAsB = counts[i]?.[j] ?? 0;
      const bAsA = counts[j]?.[i] ?? 0;
      const count = aAsB + bAsA;
      if (count > 0) pairs.push({ a, b: classNames[j] as string, count, aAsB, bAsA });
    }
  return pairs.sort((one, other) => other.count - one.count);
}
