import type {
  ClassificationReport,
  MultiLabelReport,
  Report,
  TrainPlan,
} from "@sweepyard/contract";
import { useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { CalibrationPanel } from "./CalibrationPanel.js";
import { ClassReportTable } from "./ClassReportTable.js";
import { ConfusionPanel } from "./ConfusionPanel.js";
import { FiguresPanel } from "./FiguresPanel.js";
import { RegressionPanel } from "./RegressionPanel.js";
import { ResidualsPanel } from "./ResidualsPanel.js";
import styles from "./RunPage.module.css";
import { type Confusion, SurestErrorsPanel } from "./SurestErrorsPanel.js";

/** What a run's evaluation on the test split says, by what it was about. */
export function ReportPanels(props: {
  readonly report: Report;
  readonly data: TrainPlan["data"] | null;
}) {
  const { report, data } = props;
  switch (report.task) {
    case "classification":
      return <ClassificationPanels report={report} data={data} />;
    case "multi_label":
      return (
        <div className={styles.halves}>
          <ClassReportPanel report={report} />
          <FiguresPanel report={report} />
        </div>
      );
    case "regression":
      return (
        <>
          <ResidualsPanel report={report} />
          <div className={styles.halves}>
            <RegressionPanel report={report} />
            <FiguresPanel report={report} />
          </div>
        </>
      );
  }
}

function ClassificationPanels(props: {
  readonly report: ClassificationReport;
  readonly data: TrainPlan["data"] | null;
}) {
  const { report, data } = props;
  const [chosen, setChosen] = useState<Confusion | null>(null);
  return (
    <>
      <div className={styles.halves}>
        <ConfusionPanel report={report} onCell={setChosen} />
        <ClassReportPanel report={report} />
      </div>
      <SurestErrorsPanel
        report={report}
        data={data}
        chosen={chosen}
        onClear={() => setChosen(null)}
      />
      <div className={styles.halves}>
        <FiguresPanel report={report} />
        <CalibrationPanel report={report} />
      </div>
    </>
  );
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
      <Scroll label="figures by class">
        <ClassReportTable report={report} />
      </Scroll>
    </Panel>
  );
}
