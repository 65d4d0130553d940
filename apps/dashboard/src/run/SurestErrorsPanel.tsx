import type { ClassificationReport } from "@sweepyard/contract";
import { ChartData } from "../charts/ChartData.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";

const SHOWN = 12;

/** The rows that the model was surest of and got wrong. */
export function SurestErrorsPanel({ report }: { readonly report: ClassificationReport }) {
  const { misclassified, perClass } = report;
  if (misclassified.length === 0) return null;
  const nameOf = (label: number) => perClass[label]?.name ?? String(label);
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
      title="Surest errors"
      scope={
        misclassified.length > SHOWN
          ? `the first ${SHOWN} of ${formatCount(misclassified.length)}`
          : undefined
      }
      actions={<ChartData table={table} />}
      flush
    >
      <table className="data">
        <thead>
          <tr>
            <th scope="col" className="number">
              test row
            </th>
            <th scope="col">is</th>
            <th scope="col">taken for</th>
            <th scope="col" className="number">
              with
            </th>
          </tr>
        </thead>
        <tbody>
          {misclassified.slice(0, SHOWN).map(({ row, actual, predicted, probability }) => (
            <tr key={row}>
              <td className="number">{row}</td>
              <td>{nameOf(actual)}</td>
              <td>{nameOf(predicted)}</td>
              <td className="number">{formatPercent(probability, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
