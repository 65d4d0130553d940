import { expect, test } from "vitest";
import { classificationReportText } from "./classificationReportText.js";
import { REPORT_METRICS } from "./metrics.js";
import { ClassificationReport, Report } from "./report.js";
import { reportMetrics } from "./reportMetrics.js";

const average = { precision: 0.5, recall: 0.5, f1: 0.5 };
/** As reports were before there were tasks. */
const old = {
  samples: 8,
  loss: 0.7,
  accuracy: 0.5,
  perClass: [{ label: 0, name: "a", ...average, precision: 0.125, support: 8 }],
  macro: average,
  weighted: average,
  confusionMatrix: [[8]],
  mostConfused: [],
};

test("a report stored before there were tasks is a classification without the newer figures", () => {
  expect(Report.parse(old)).toMatchObject({
    ...old,
    task: "classification",
    perClass: [{ name: "a", rocAuc: null }],
    micro: null,
    topK: [],
    calibration: null,
    misclassified: [],
  });
});

test("metrics of a report are those that it has", () => {
  const metrics = reportMetrics(Report.parse(old));
  expect(metrics).toMatchObject({ "test.accuracy": 0.5, "test.loss": 0.7 });
  expect(metrics).not.toHaveProperty("test.top_2_accuracy");
  expect(REPORT_METRICS).toEqual(expect.arrayContaining(Object.keys(metrics)));
});

test("the text rounds as Python does: what is exactly between goes to the even digit", () => {
  const text = classificationReportText(
    ClassificationReport.parse({ task: "classification", ...old }),
  );
  expect(text).toContain("0.12      0.50");
});
