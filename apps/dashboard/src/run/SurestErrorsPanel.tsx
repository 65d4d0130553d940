import { Button } from "@mantine/core";
import type { ClassificationReport, TrainPlan } from "@sweepyard/contract";
import { IconX } from "@tabler/icons-react";
import { ChartData } from "../charts/ChartData.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ReportPanels.module.css";
import { TestImage } from "./TestImages.js";

const SHOWN = 24;

/** A cell of the confusion matrix: labels. */
export interface Confusion {
  readonly actual: number;
  readonly predicted: number;
}

/** The rows that the model was surest of and got wrong; of one confusion if one is chosen. */
export function SurestErrorsPanel(props: {
  readonly report: ClassificationReport;
  readonly data: TrainPlan["data"] | null;
  readonly chosen: Confusion | null;
  readonly onClear: () => void;
}) {
  const { report, data, chosen, onClear } = props;
  const { misclassified, perClass } = report;
  if (misclassified.length === 0) return null;
  const nameOf = (label: number) => perClass[label]?.name ?? String(label);
  const matching = misclassified.filter(
    ({ actual, predicted }) =>
      chosen === null || (actual === chosen.actual && predicted === chosen.predicted),
  );
  const shown = matching.slice(0, SHOWN);
  const rows = shown.map(({ row }) => row);
  const count = chosen === null ? null : report.confusionMatrix[chosen.actual]?.[chosen.predicted];
  const table = {
    name: "surest errors",
    columns: ["row", "actual", "predicted", "probability"],
    rows: misclassified.map((error) => [
      error.row,
      nameOf(error.actual),
      nameOf(error.predicted),
      error.probability,
    ]),
  };
  return (
    <Panel
      title={
        chosen === null
          ? "Surest errors"
          : `${nameOf(chosen.actual)} taken for ${nameOf(chosen.predicted)}`
      }
      scope={
        chosen === null
          ? `the first ${formatCount(shown.length)} of the ${formatCount(misclassified.length)} kept; click a cell of the matrix for its own`
          : `the surest ${formatCount(shown.length)} of ${formatCount(count ?? 0)}`
      }
      actions={
        <>
          {chosen === null ? null : (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconX size={12} />}
              onClick={onClear}
            >
              all errors
            </Button>
          )}
          <ChartData table={table} />
        </>
      }
    >
      <ul className={styles.errors} aria-live="polite">
        {shown.map(({ row, actual, predicted, probability }, index) => (
          <li key={row} title={`test row ${row}`}>
            {data === null ? null : (
              <TestImage data={data} rows={rows} index={index} label={`test row ${row}`} />
            )}
            <span>
              <strong>{nameOf(actual)}</strong>
              <br />
              as {nameOf(predicted)}
              <br />
              <span className="dimmed figure">{formatPercent(probability, 1)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
