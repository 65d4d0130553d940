import { type AverageReport, classificationReportText } from "@sweepyard/contract";
import { evaluateClassification } from "../evaluation/evaluateClassification.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase, GoldenTensor } from "./goldenCase.js";

interface MetricsCase extends GoldenCase {
  readonly classes: number;
  readonly y_true: GoldenTensor;
  readonly y_prob: GoldenTensor;
  readonly expected: {
    readonly accuracy: number;
    readonly balanced_accuracy: number;
    readonly matthews_corrcoef: number;
    readonly cohen_kappa: number;
    readonly per_class: Readonly<
      Record<"precision" | "recall" | "f1" | "support", readonly number[]>
    >;
    readonly macro: AverageReport;
    readonly micro: AverageReport;
    readonly weighted: AverageReport;
    readonly confusion_matrix: readonly (readonly number[])[];
    readonly top_2_accuracy?: number | null;
    readonly top_3_accuracy?: number | null;
    readonly log_loss: number;
    readonly roc_auc_ovr?: {
      readonly per_class: readonly (number | null)[];
      readonly macro_over_defined: number | null;
    };
    readonly classification_report: string;
    readonly classification_report_4_digits: string;
  };
}

const TOLERANCE = { absolute: 1e-9, relative: 0 };

/** Kind `metrics`: a classifier's report beside scikit-learn's. Counts and texts exactly. */
export function runMetrics({ classes, y_true, y_prob, expected }: MetricsCase): GoldenResult {
  const compare = new Comparison(TOLERANCE);
  const report = evaluateClassification(
    Float32Array.from(y_prob.data),
    Int32Array.from(y_true.data),
    Array.from({ length: classes }, (_, label) => `class ${label}`),
  );
  /** What scikit-learn does not define is null in both. */
  const figure = (what: string, got: number | null | undefined, want: number | null) => {
    if (want === null) compare.exact(`${what}: defined`, Number(got !== null), 0);
    else compare.number(what, got ?? undefined, want);
  };
  const text = (what: string, got: string, want: string) =>
    compare.exact(`${what}: as printed`, Number(got === want), 1);

  compare.number("accuracy", report.accuracy, expected.accuracy);
  figure("balanced_accuracy", report.balancedAccuracy, expected.balanced_accuracy);
  figure("matthews_corrcoef", report.matthewsCorrelation, expected.matthews_corrcoef);
  figure("cohen_kappa", report.cohenKappa, expected.cohen_kappa);
  figure("log_loss", report.loss, expected.log_loss);
  for (const k of [2, 3] as const) {
    const want = expected[`top_${k}_accuracy`];
    const got = report.topK.find((one) => one.k === k);
    if (typeof want === "number") compare.number(`top_${k}_accuracy`, got?.accuracy, want);
  }
  for (const name of ["precision", "recall", "f1", "support"] as const)
    compare.numbers(
      `per_class ${name}`,
      report.perClass.map((one) => one[name]),
      expected.per_class[name],
    );
  for (const average of ["macro", "micro", "weighted"] as const)
    for (const name of ["precision", "recall", "f1"] as const)
      figure(`${average} ${name}`, report[average]?.[name], expected[average][name]);
  for (const [row, counts] of expected.confusion_matrix.entries())
    for (const [column, count] of counts.entries())
      compare.exact(
        `confusion_matrix[${row}][${column}]`,
        report.confusionMatrix[row]?.[column],
        count,
      );
  const { roc_auc_ovr: roc } = expected;
  if (roc !== undefined) {
    for (const [label, area] of roc.per_class.entries())
      figure(`roc_auc_ovr[${label}]`, report.perClass[label]?.rocAuc, area);
    figure("roc_auc_ovr macro_over_defined", report.rocAucMacro, roc.macro_over_defined);
  }
  const names = Array.from({ length: classes }, (_, label) => String(label));
  text(
    "classification_report",
    classificationReportText(report, { names }),
    expected.classification_report,
  );
  text(
    "classification_report_4_digits",
    classificationReportText(report, { digits: 4 }),
    expected.classification_report_4_digits,
  );
  return compare;
}
