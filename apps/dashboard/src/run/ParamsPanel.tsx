import {
  describeReason,
  isSameParam,
  paramText,
  type RunView,
  type SweepView,
} from "@sweepyard/contract";
import { formatParam } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { flattenPlan } from "./flattenPlan.js";
import styles from "./RunPage.module.css";

/** The params, how they differ from the best run's, why they were chosen, and the whole plan. */
export function ParamsPanel({
  run,
  sweep,
}: {
  readonly run: RunView;
  readonly sweep: SweepView | null;
}) {
  const best = sweep?.best;
  const other = best === null || best === undefined || best.runId === run.id ? null : best;
  const names = Object.keys(run.params);
  return (
    <Panel
      title="Params"
      scope={other === null ? undefined : `beside those of the best run, run ${other.number}`}
    >
      {names.length === 0 ? (
        <p className={styles.none}>A single run: its plan says everything.</p>
      ) : (
        <table className="data">
          <thead>
            <tr>
              <th scope="col">param</th>
              <th scope="col" className="number">
                this run
              </th>
              {other === null ? null : (
                <th scope="col" className="number">
                  best run
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const differs = other !== null && !isSameParam(other.params[name], run.params[name]);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="number" title={paramText(run.params[name] ?? null)}>
                    {differs ? (
                      <strong>{formatParam(run.params[name])}</strong>
                    ) : (
                      formatParam(run.params[name])
                    )}
                  </td>
                  {other === null ? null : (
                    <td className="number dimmed">
                      {differs ? formatParam(other.params[name]) : "the same"}
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {run.samplerReason === null ? null : (
        <p style={{ margin: "10px 0 6px" }}>
          <strong>Why these: </strong>
          {describeReason(run.samplerReason, formatParam)}
        </p>
      )}
      <details>
        <summary>The whole plan</summary>
        <table className="data">
          <tbody>
            {flattenPlan(run.plan).map(([path, value]) => (
              <tr key={path}>
                <th scope="row" className="mono">
                  {path}
                </th>
                <td className="number mono">{formatParam(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Panel>
  );
}
