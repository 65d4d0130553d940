import { SegmentedControl } from "@mantine/core";
import type { ClassificationReport } from "@sweepyard/contract";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { ConfusionMatrix } from "../charts/ConfusionMatrix.js";
import { prepareConfusionMatrix } from "../charts/prepareConfusionMatrix.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ReportPanels.module.css";
import type { Confusion } from "./SurestErrorsPanel.js";

/** Which classes are taken for which. */
export function ConfusionPanel(props: {
  readonly report: ClassificationReport;
  /** Shows the images of a cell. */
  readonly onCell: (cell: Confusion) => void;
}) {
  const { report, onCell } = props;
  const [byRow, setByRow] = useState(false);
  const matrix = useMemo(() => prepareConfusionMatrix(report, byRow), [report, byRow]);
  return (
    <Panel
      title="Confusion matrix"
      scope={`${formatCount(report.samples)} test images`}
      actions={
        <>
          <SegmentedControl
            size="xs"
            value={byRow ? "share" : "count"}
            onChange={(value) => setByRow(value === "share")}
            data={[
              { value: "count", label: "counts" },
              { value: "share", label: "% of actual" },
            ]}
          />
          <ChartData table={matrix.table} />
        </>
      }
    >
      <ConfusionMatrix matrix={matrix} onCell={onCell} />
      <MostConfused report={report} />
    </Panel>
  );
}

function MostConfused({ report }: { readonly report: ClassificationReport }) {
  const wrong = report.samples - Math.round(report.accuracy * report.samples);
  if (report.mostConfused.length === 0) return null;
  return (
    <>
      <h3 className={styles.subtitle}>Most often confused</h3>
      <ol className={styles.pairs}>
        {report.mostConfused.slice(0, 5).map((pair) => (
          <li key={`${pair.a} ${pair.b}`}>
            <strong>
              {pair.a} and {pair.b}
            </strong>{" "}
            <span className="figure">
              {formatCount(pair.count)} times,{" "}
              {formatPercent(wrong === 0 ? 0 : pair.count / wrong, 0)} of all errors
            </span>
            <span className="dimmed figure">
              : {pair.a} taken for {pair.b} {formatCount(pair.aAsB)}, the other way{" "}
              {formatCount(pair.bAsA)}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
