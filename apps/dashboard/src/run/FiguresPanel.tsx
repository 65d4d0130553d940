import { type Report, reportFigures } from "@sweepyard/contract";
import { formatMetric } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";

/** Every single figure of a report, with its 95 % interval where there is one. */
export function FiguresPanel({ report }: { readonly report: Report }) {
  return (
    <Panel title="Figures" scope="on the test split" flush>
      <table className="data">
        <thead>
          <tr>
            <th scope="col">figure</th>
            <th scope="col" className="number">
              value
            </th>
            <th scope="col" className="number">
              95 % interval
            </th>
          </tr>
        </thead>
        <tbody>
          {reportFigures(report).map(({ name, value, interval }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="number" title={String(value)}>
                {formatMetric(value)}
              </td>
              <td className="number">
                {interval === null
                  ? ""
                  : `${formatMetric(interval.low)} to ${formatMetric(interval.high)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
