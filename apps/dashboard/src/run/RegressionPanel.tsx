import type { RegressionReport } from "@sweepyard/contract";
import { ChartData } from "../charts/ChartData.js";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";

/** How far the outputs are from each target. */
export function RegressionPanel({ report }: { readonly report: RegressionReport }) {
  const quantiles = report.perTarget[0]?.residuals.map(({ quantile }) => quantile) ?? [];
  const columns = ["target", "R²", "RMSE", "MAE", ...quantiles.map(quantileName)];
  const rows = report.perTarget.map((target) => [
    target.name,
    target.r2,
    target.rootMeanSquaredError,
    target.meanAbsoluteError,
    ...target.residuals.map(({ value }) => value),
  ]);
  return (
    <Panel
      title="Targets and residuals"
      scope={`${formatCount(report.samples)} test rows; residual: target minus output`}
      actions={<ChartData table={{ name: "targets and residuals", columns, rows }} />}
      flush
    >
      <Scroll label="figures by target">
        <table className="data">
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={column} scope="col" className={index === 0 ? undefined : "number"}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...figures]) => (
              <tr key={String(name)}>
                <th scope="row">{name}</th>
                {figures.map((value, index) => (
                  <td key={columns[index + 1]} className="number">
                    {formatMetric(value as number | null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Panel>
  );
}

function quantileName(quantile: number): string {
  if (quantile === 0) return "least residual";
  if (quantile === 1) return "largest residual";
  return quantile === 0.5 ? "median residual" : `${quantile * 100} %`;
}
