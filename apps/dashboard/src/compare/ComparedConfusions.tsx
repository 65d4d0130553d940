import type { RunComparison } from "@sweepyard/contract";
import { useMemo } from "react";
import { ConfusionMatrix } from "../charts/ConfusionMatrix.js";
import { prepareConfusionMatrix } from "../charts/prepareConfusionMatrix.js";
import { formatPercent } from "../format/formatNumber.js";
import { runLabels } from "../runs/runLabel.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ComparePage.module.css";
import { runColour } from "./runColour.js";

const MOST = 6;

/** Confusion matrices of the runs that have a report, as shares of each actual class. */
export function ComparedConfusions({ comparison }: { readonly comparison: RunComparison }) {
  const shown = useMemo(
    () =>
      comparison.runs.flatMap((run, index) => {
        const report = comparison.reports[run.id];
        return report?.task !== "classification"
          ? []
          : [{ run, index, report, matrix: prepareConfusionMatrix(report, true) }];
      }),
    [comparison],
  );
  if (shown.length === 0) return null;
  const labels = runLabels(comparison.runs);
  return (
    <Panel
      title="Confusion matrices"
      scope={`% of each actual class${shown.length > MOST ? `, the first ${MOST} of ${shown.length}` : ""}`}
    >
      <div className={styles.matrices}>
        {shown.slice(0, MOST).map(({ run, index, report, matrix }) => (
          <div key={run.id}>
            <h3>
              <span
                className={styles.swatch}
                style={{ background: runColour(index) }}
                aria-hidden
              />
              <span className={styles.label} title={labels[index]}>
                {labels[index]}
              </span>
              <span className="dimmed">test accuracy {formatPercent(report.accuracy)}</span>
            </h3>
            <ConfusionMatrix matrix={matrix} compact />
          </div>
        ))}
      </div>
    </Panel>
  );
}
