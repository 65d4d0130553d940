import type { ClassificationReport, MultiLabelReport } from "@sweepyard/contract";
import { useState } from "react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { classReportOrder, type ReportColumn } from "./classReportOrder.js";
import styles from "./ReportPanels.module.css";

const COLUMNS: readonly { readonly key: ReportColumn; readonly label: string }[] = [
  { key: "name", label: "class" },
  { key: "precision", label: "precision" },
  { key: "recall", label: "recall" },
  { key: "f1", label: "F1" },
  { key: "rocAuc", label: "ROC AUC" },
  { key: "support", label: "images" },
];

/** One row a class, each figure beside a bar from 0 to 1. */
export function ClassReportTable({
  report,
}: {
  readonly report: ClassificationReport | MultiLabelReport;
}) {
  const [order, setOrder] = useState<ReportColumn | null>(null);
  const rows = classReportOrder(report.perClass, order);
  return (
    <table className={`data ${styles.report}`}>
      <thead>
        <tr>
          {COLUMNS.map(({ key, label }) => (
            <th
              key={key}
              scope="col"
              className={key === "name" ? undefined : "number"}
              aria-sort={order === key ? "ascending" : "none"}
            >
              <button
                type="button"
                className={styles.sort}
                onClick={() => setOrder(order === key ? null : key)}
                title={order === key ? "in the order of the labels" : `lowest ${label} first`}
              >
                {label}
                {order === key ? " ↑" : ""}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row" className={styles.className} title={row.name}>
              {row.name}
            </th>
            <Score value={row.precision} />
            <Score value={row.recall} />
            <Score value={row.f1} />
            <td className="number">{formatMetric(row.rocAuc)}</td>
            <td className="number">{formatCount(row.support)}</td>
          </tr>
        ))}
      </tbody>
      <tbody className={styles.averages}>
        {(["macro", "weighted"] as const).map((kind) => (
          <tr key={kind}>
            <th scope="row">{kind} average</th>
            <Score value={report[kind].precision} />
            <Score value={report[kind].recall} />
            <Score value={report[kind].f1} />
            <td className="number">{kind === "macro" ? formatMetric(report.rocAucMacro) : ""}</td>
            <td className="number">{formatCount(report.samples)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Score({ value }: { readonly value: number }) {
  return (
    <td className="number" title={String(value)}>
      <span className={styles.score}>
        <span className={styles.track} aria-hidden>
          <span style={{ width: `${value * 100}%` }} />
        </span>
        {formatMetric(value)}
      </span>
    </td>
  );
}
