import { SegmentedControl } from "@mantine/core";
import type { Report } from "@sweepyard/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { ConfusionMatrix } from "../charts/ConfusionMatrix.js";
import { prepareConfusionMatrix } from "../charts/prepareConfusionMatrix.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { ClassReportTable } from "./ClassReportTable.js";
import styles from "./ReportPanels.module.css";

/** Which classes are taken for which. */
export function ConfusionPanel({ query }: { readonly query: UseQueryResult<Report> }) {
  const [byRow, setByRow] = useState(false);
  const report = query.data;
  const matrix = useMemo(
    () => (report === undefined ? null : prepareConfusionMatrix(report, byRow)),
    [report, byRow],
  );
  return (
    <Panel
      title="Confusion matrix"
      scope={report === undefined ? undefined : `${formatCount(report.samples)} test images`}
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
          {matrix === null ? null : <ChartData table={matrix.table} />}
        </>
      }
    >
      <Answer query={query} height={380}>
        {(answer) => (
          <>
            {matrix === null ? null : <ConfusionMatrix matrix={matrix} />}
            <MostConfused report={answer} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function MostConfused({ report }: { readonly report: Report }) {
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

/** Precision, recall and F1 of each class. */
export function ReportPanel({ query }: { readonly query: UseQueryResult<Report> }) {
  const table =
    query.data === undefined
      ? null
      : {
          name: "classification report",
          columns: ["class", "precision", "recall", "f1", "support"],
          rows: query.data.perClass.map((c) => [c.name, c.precision, c.recall, c.f1, c.support]),
        };
  return (
    <Panel
      title="Classification report"
      scope="on the test split"
      actions={table === null ? null : <ChartData table={table} />}
      flush
    >
      <Answer query={query} height={380}>
        {(report) => (
          <div style={{ overflowX: "auto" }}>
            <ClassReportTable report={report} />
          </div>
        )}
      </Answer>
    </Panel>
  );
}
