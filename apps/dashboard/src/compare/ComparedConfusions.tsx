import { NativeSelect } from "@mantine/core";
import type { ClassificationReport, RunComparison } from "@sweepyard/contract";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { ConfusionMatrix } from "../charts/ConfusionMatrix.js";
import { prepareConfusionDifference } from "../charts/prepareConfusionDifference.js";
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
      {shown.length < 2 ? null : (
        <Difference
          choices={shown.map(({ index, report }) => ({ label: labels[index] ?? "", report }))}
        />
      )}
    </Panel>
  );
}

/** One run's matrix less another's: where a better model is better. */
function Difference(props: {
  readonly choices: readonly { readonly label: string; readonly report: ClassificationReport }[];
}) {
  const { choices } = props;
  const [[of, than], setPair] = useState<readonly [number, number]>([0, 1]);
  const [one, base] = [choices[of]?.report, choices[than]?.report];
  const matrix = useMemo(
    () => (one === undefined || base === undefined ? null : prepareConfusionDifference(one, base)),
    [one, base],
  );
  const data = choices.map(({ label }, index) => ({ value: String(index), label }));
  return (
    <section aria-label="difference of two confusion matrices" className={styles.difference}>
      <h3>
        Difference
        <NativeSelect
          size="xs"
          aria-label="matrix"
          data={data}
          value={String(of)}
          onChange={(event) => setPair([Number(event.currentTarget.value), than])}
        />
        less
        <NativeSelect
          size="xs"
          aria-label="matrix taken from it"
          data={data}
          value={String(than)}
          onChange={(event) => setPair([of, Number(event.currentTarget.value)])}
        />
        <span className="dimmed">
          percentage points of each actual class; blue is better, orange worse
        </span>
        {matrix === null ? null : <ChartData table={matrix.table} />}
      </h3>
      {matrix === null ? (
        <p className="dimmed">These two runs tell different classes apart.</p>
      ) : (
        <ConfusionMatrix matrix={matrix} compact />
      )}
    </section>
  );
}
