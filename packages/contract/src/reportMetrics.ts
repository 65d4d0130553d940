import type { REPORT_METRICS } from "./metrics.js";
import type { Report } from "./report.js";

type ReportMetric = (typeof REPORT_METRICS)[number];

/** The figures of a report that are metrics of its run, by name; a task has its own. */
export function reportMetrics(report: Report): Partial<Record<ReportMetric, number | null>> {
  switch (report.task) {
    case "classification": {
      const top = (k: number) => report.topK.find((one) => one.k === k)?.accuracy;
      return defined({
        "test.loss": report.loss,
        "test.accuracy": report.accuracy,
        ...averages(report.macro),
        "test.f1_weighted": report.weighted.f1,
        "test.balanced_accuracy": report.balancedAccuracy,
        "test.matthews_corrcoef": report.matthewsCorrelation,
        "test.cohen_kappa": report.cohenKappa,
        "test.top_2_accuracy": top(2),
        "test.top_3_accuracy": top(3),
        "test.top_5_accuracy": top(5),
        "test.log_loss": report.loss,
        "test.roc_auc_macro": report.rocAucMacro,
        "test.calibration_error": report.calibration?.expectedError,
      });
    }
    case "multi_label":
      return {
        "test.loss": report.loss,
        "test.accuracy": report.accuracy,
        ...averages(report.macro),
        "test.f1_micro": report.micro.f1,
        "test.f1_weighted": report.weighted.f1,
        "test.subset_accuracy": report.subsetAccuracy,
        "test.hamming_loss": report.hammingLoss,
        "test.roc_auc_macro": report.rocAucMacro,
      };
    case "regression":
      return {
        "test.loss": report.loss,
        "test.mean_squared_error": report.meanSquaredError,
        "test.root_mean_squared_error": report.rootMeanSquaredError,
        "test.mean_absolute_error": report.meanAbsoluteError,
        "test.median_absolute_error": report.medianAbsoluteError,
        "test.r2": report.r2,
      };
  }
}

const averages = ({
  precision,
  recall,
  f1,
}: {
  precision: number;
  recall: number;
  f1: number;
}) => ({
  "test.precision_macro": precision,
  "test.recall_macro": recall,
  "test.f1_macro": f1,
});

/** Without what a report does not have, such as the best 5 of 3 classes. */
const defined = (
  figures: Partial<Record<ReportMetric, number | null | undefined>>,
): Partial<Record<ReportMetric, number | null>> =>
  Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
