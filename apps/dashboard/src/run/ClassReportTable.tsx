import type { Report } from "@sweepyard/contract";
import { useState } from "react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { classReportOrder, type ReportColumn } from "./classReportOrder.js";
import styles from "./ReportPanels.module.css";

const COLUMNS: readonly { readonly key: ReportColumn; readonly label: string }[] = [
  { key: "name", label: "class" },
  { key: "precision", label: "precision" },
  { key: "recall", label: "recall" },
  { key: "f1", label: "F1" },
  { key: "support", label: "images" },
];

/** One row a class, each figure over a bar from the worst class' value to 1. */
export function ClassReportTable({ report }: { readonly report: Report }) {
  const [order, setOrder] = useState<ReportColumn | null>(null);
  const rows = classReportOrder(report.perClass, order);
  const scores = report.perClass.flatMap((row) => [row.precision, row.recall, row.f1]);
  // Bars from zero would all look alike where every class is above 0.9.
  const floor = Math.max(0, Math.floor((Math.min(...scores) - 0.05) * 10) / 10);
  return (
    <>
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
              <Score value={row.precision} floor={floor} />
              <Score value={row.recall} floor={floor} />
              <Score value={row.f1} floor={floor} />
              <td className="number">{formatCount(row.support)}</td>
            </tr>
          ))}
        </tbody>
        <tbody className={styles.averages}>
          {(["macro", "weighted"] as const).map((kind) => (
            <tr key={kind}>
              <th scope="row">{kind} average</th>
              <Score value={report[kind].precision} floor={floor} />
              <Score value={report[kind].recall} floor={floor} />
              <Score value={report[kind].f1} floor={floor} />
              <td className="number">{formatCount(report.samples)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {floor > 0 ? <p className={styles.foot}>Bars begin at {floor.toFixed(1)}.</p> : null}
    </>
  );
}

function Score({ value, floor }: { readonly value: number; readonly floor: number }) {
  const share = Math.max(0, (value - floor) / (1 - floor || 1));
  return (
    <td className="number" title={String(value)}>
      <span className={styles.score}>
        <span className={styles.track} aria-hidden>
          <span style={{ width: `${share * 100}%` }} />
        </span>
        {formatMetric(value)}
      </span>
    </td>
  );
}
