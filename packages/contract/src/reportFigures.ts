import type { Interval, Report } from "./report.js";

export interface ReportFigure {
  readonly name: string;
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** A report's single figures with the names that people know them by, in the order to show them. */
export function reportFigures(report: Report): ReportFigure[] {
  switch (report.task) {
    case "classification":
      return [
        figure("accuracy", report.accuracy, report.accuracyInterval),
        figure("balanced accuracy", report.balancedAccuracy),
        figure("F1, macro", report.macro.f1, report.f1MacroInterval),
        ...report.topK.map(({ k, accuracy }) => figure(`top ${k} accuracy`, accuracy)),
        figure("log loss", report.loss),
        figure("ROC AUC, macro", report.rocAucMacro),
        figure("calibration error", report.calibration?.expectedError ?? null),
        figure("Matthews correlation", report.matthewsCorrelation),
        figure("Cohen's kappa", report.cohenKappa),
      ];
    case "multi_label":
      return [
        figure("accuracy over all labels", report.accuracy),
        figure("rows with every label right", report.subsetAccuracy),
        figure("Hamming loss", report.hammingLoss),
        figure("F1, macro", report.macro.f1),
        figure("F1, micro", report.micro.f1),
        figure("log loss", report.loss),
        figure("ROC AUC, macro", report.rocAucMacro),
      ];
    case "regression":
      return [
        figure("R²", report.r2),
        figure("root mean squared error", report.rootMeanSquaredError),
        figure("mean squared error", report.meanSquaredError),
        figure("mean absolute error", report.meanAbsoluteError),
        figure("median absolute error", report.medianAbsoluteError),
      ];
  }
}

const figure = (
  name: string,
  value: number | null,
  interval: Interval | null = null,
): ReportFigure => ({ name, value, interval });
