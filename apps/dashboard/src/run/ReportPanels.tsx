import type { ClassificationReport, MultiLabelReport, Report } from "@sweepyard/contract";
import { ChartData } from "../charts/ChartData.js";
import { Panel } from "../shell/Panel.js";
import { ClassReportTable } from "./ClassReportTable.js";
import { ConfusionPanel } from "./ConfusionPanel.js";
import { FiguresPanel } from "./FiguresPanel.js";
import { RegressionPanel } from "./RegressionPanel.js";
import styles from "./RunPage.module.css";
import { SurestErrorsPanel } from "./SurestErrorsPanel.js";

/** What a run's evaluation on the test split says, by what it was about. */
export function ReportPanels({ report }: { readonly report: Report }) {
  switch (report.task) {
    case "classification":
      return (
        <>
          <div className={styles.halves}>
            <ConfusionPanel report={report} />
            <ClassReportPanel report={report} />
          </div>
          <div className={styles.halves}>
            <FiguresPanel report={report} />
            <SurestErrorsPanel report={report} />
          </div>
        </>
      );
    case "multi_label":
      return (
        <div className={styles.halves}>
          <ClassReportPanel report={report} />
          <FiguresPanel report={report} />
        </div>
      );
    case "regression":
      return (
        <div className={styles.halves}>
          <RegressionPanel report={report} />
          <FiguresPanel report={report} />
        </div>
      );
  }
}

/** Precision, recall and F1 of each class. */
function ClassReportPanel({
  report,
}: {
  readonly report: ClassificationReport | MultiLabelReport;
}) {
  const table = {
    name: "classification report",
    columns: ["class", "precision", "recall", "f1", "roc auc", "support"],
    rows: report.perClass.map((c) => [c.name, c.precision, c.recall, c.f1, c.rocAuc, c.support]),
  };
  return (
    <Panel
      title="Classification report"
      scope="on the test split"
      actions={<ChartData table={table} />}
      flush
    >
      <div style={{ overflowX: "auto" }}>
        <ClassReportTable report={report} />
      </div>
    </Panel>
  );
}
