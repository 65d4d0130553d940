import { z } from "zod";

/**
 * A run's evaluation on the test split. Figures are scikit-learn's, in double precision, with
 * `zero_division` 0; what is undefined or not finite is null.
 */

const Share = z.number().min(0).max(1);
/** Null where the data lack what it compares, or where an output was not finite. */
const Figure = z.number().nullable();

/** 95 % of such intervals hold the true value. */
export const Interval = z.object({ low: Share, high: Share });
export type Interval = z.infer<typeof Interval>;

export const ClassReport = z.object({
  label: z.int(),
  name: z.string(),
  precision: Share,
  recall: Share,
  f1: Share,
  /** Rows of the split that belong to this class. */
  support: z.int(),
  /** Area under the ROC curve of this class against all others; null for a class without rows. */
  rocAuc: Figure.default(null),
});
export type ClassReport = z.infer<typeof ClassReport>;

export const AverageReport = z.object({ precision: Share, recall: Share, f1: Share });
export type AverageReport = z.infer<typeof AverageReport>;

/** Two classes taken for one another, both ways together. */
export const ConfusedPair = z.object({
  a: z.string(),
  b: z.string(),
  /** aAsB + bAsA */
  count: z.int(),
  aAsB: z.int(),
  bAsA: z.int(),
});

/** Rows whose predicted class got a probability above `from`, up to and with `to`. */
export const CalibrationBin = z.object({
  from: Share,
  to: Share,
  rows: z.int(),
  /** Means over the bin's rows; null where it has none. */
  confidence: Figure,
  accuracy: Figure,
});

/** A row that the model got wrong. */
export const Misclassified = z.object({
  /** In the test split, from 0. */
  row: z.int(),
  /** Labels. */
  actual: z.int(),
  predicted: z.int(),
  /** Of the predicted class. */
  probability: Share,
});
export type Misclassified = z.infer<typeof Misclassified>;

/** One class for each row; two classes included. */
export const ClassificationReport = z.object({
  task: z.literal("classification"),
  samples: z.int(),
  /** Mean cross-entropy in nats, as scikit-learn's log_loss. */
  loss: Figure,
  accuracy: Share,
  /** Wilson's. */
  accuracyInterval: Interval.nullable().default(null),
  /** Mean recall of the classes that have rows. */
  balancedAccuracy: Figure.default(null),
  matthewsCorrelation: Figure.default(null),
  cohenKappa: Figure.default(null),
  /** Share of rows whose class is among the k highest, for k below the number of classes. */
  topK: z.array(z.object({ k: z.int(), accuracy: Share })).default([]),
  perClass: z.array(ClassReport),
  macro: AverageReport,
  /** By bootstrap over the rows. */
  f1MacroInterval: Interval.nullable().default(null),
  /** Over all decisions together: each of the three is the accuracy. Null in reports of before. */
  micro: AverageReport.nullable().default(null),
  weighted: AverageReport,
  /** Mean over the classes that have one. */
  rocAucMacro: Figure.default(null),
  calibration: z
    .object({
      /** Mean distance of accuracy and confidence over the bins, weighted by their rows. */
      expectedError: Figure,
      bins: z.array(CalibrationBin),
    })
    .nullable()
    .default(null),
  /** [actual][predicted] counts. */
  confusionMatrix: z.array(z.array(z.int())),
  /** Most often confused first; pairs that never occur are left out. */
  mostConfused: z.array(ConfusedPair),
  /** The surest errors first: the 32 surest of all, and the surest few of each confusion. */
  misclassified: z.array(Misclassified).default([]),
});
export type ClassificationReport = z.infer<typeof ClassificationReport>;

/** Any number of labels for each row; a label is predicted from a probability of 0.5 on. */
export const MultiLabelReport = z.object({
  task: z.literal("multi_label"),
  samples: z.int(),
  /** Mean binary cross-entropy over rows and labels, in nats. */
  loss: Figure,
  /** Share of right decisions over rows and labels, as Keras' binary_accuracy. */
  accuracy: Share,
  /** Share of rows with every label right. */
  subsetAccuracy: Share,
  /** 1 - accuracy */
  hammingLoss: Share,
  /** One for each label. */
  perClass: z.array(ClassReport),
  macro: AverageReport,
  micro: AverageReport,
  weighted: AverageReport,
  rocAucMacro: Figure,
});
export type MultiLabelReport = z.infer<typeof MultiLabelReport>;

const regressionFigures = {
  meanSquaredError: Figure,
  rootMeanSquaredError: Figure,
  meanAbsoluteError: Figure,
  /** 1 is perfect, 0 as good as the mean of the targets. */
  r2: Figure,
  medianAbsoluteError: Figure,
};

export const TargetReport = z.object({
  name: z.string(),
  ...regressionFigures,
  /** Of target minus output, in the target's unit. */
  residuals: z.array(z.object({ quantile: Share, value: z.number() })),
});
export type TargetReport = z.infer<typeof TargetReport>;

/** Rows of the split for a scatter of outputs against targets, the same in every run on that split. */
export const RegressionSample = z.object({
  /** Ascending. */
  rows: z.array(z.int()),
  /** [target][row], in the target's unit, rounded to the 7 digits that 32 bits hold. */
  actual: z.array(z.array(Figure)),
  predicted: z.array(z.array(Figure)),
});
export type RegressionSample = z.infer<typeof RegressionSample>;

export const RegressionReport = z.object({
  task: z.literal("regression"),
  samples: z.int(),
  /** The mean squared error. */
  loss: Figure,
  /** Means over the targets. */
  ...regressionFigures,
  perTarget: z.array(TargetReport),
  /** The largest absolute residuals first. */
  worst: z.array(
    z.object({ row: z.int(), target: z.int(), actual: z.number(), predicted: z.number() }),
  ),
  /** Null in reports of before. */
  sample: RegressionSample.nullable().default(null),
});
export type RegressionReport = z.infer<typeof RegressionReport>;

/** Reports stored before there were other tasks have no `task`: they are of classifications. */
export const Report = z.preprocess(
  (report) =>
    typeof report === "object" && report !== null && !("task" in report)
      ? { task: "classification", ...report }
      : report,
  z.discriminatedUnion("task", [ClassificationReport, MultiLabelReport, RegressionReport]),
);
export type Report = z.infer<typeof Report>;
