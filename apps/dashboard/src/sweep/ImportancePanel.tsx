import type { ImportanceView, ParamImportance } from "@sweepyard/contract";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { ChartData } from "../charts/ChartData.js";
import type { ChartTable } from "../charts/chartTable.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ImportancePanel.module.css";
import { CHART_HEIGHT } from "./NoChart.js";

const METHODS: Record<ImportanceView["method"], string> = {
  ped_anova: "PED-ANOVA",
  fanova: "fANOVA",
  mean_decrease_impurity: "mean decrease in impurity",
};

/** Which params matter, by which method and how many runs, and which way; a click shows the slice. */
export function ImportancePanel(props: {
  readonly query: UseQueryResult<ImportanceView>;
  readonly onSlice: (param: string) => void;
}) {
  const { query } = props;
  const view = query.data;
  return (
    <Panel
      title="Importance"
      scope={
        view === undefined
          ? undefined
          : `${METHODS[view.method]} over ${formatCount(view.runsUsed)}${view.runsUsed < view.runs ? ` of ${formatCount(view.runs)}` : ""} completed runs`
      }
      actions={
        view === undefined || view.params.length === 0 ? null : <ChartData table={toTable(view)} />
      }
    >
      <Answer query={query} height={CHART_HEIGHT}>
        {({ params, notes }) => (
          <div className={styles.body} style={{ height: CHART_HEIGHT }}>
            {params.length === 0 ? null : (
              <ol className={styles.list}>
                {params.map((param) => (
                  <Bar key={param.name} param={param} onSlice={props.onSlice} />
                ))}
              </ol>
            )}
            {notes.map((note) => (
              <p key={note} className={styles.note}>
                {note}
              </p>
            ))}
          </div>
        )}
      </Answer>
    </Panel>
  );
}

function Bar(props: {
  readonly param: ParamImportance;
  readonly onSlice: (param: string) => void;
}) {
  const { name, importance, spread, better, runs } = props.param;
  const share = importance ?? 0;
  const [low, high] = [Math.max(0, share - (spread ?? 0)), Math.min(1, share + (spread ?? 0))];
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        title={`${name} over ${formatCount(runs)} runs${spread === null ? "" : `, give or take ${formatPercent(spread)}`}: show its slice`}
        onClick={() => props.onSlice(name)}
      >
        <span className="clip">{name}</span>
        <span className={styles.track} aria-hidden>
          <span className={styles.bar} style={{ width: `${share * 100}%` }} />
          {spread === null || importance === null ? null : (
            <span
              className={styles.spread}
              style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
            />
          )}
        </span>
        <span className={styles.figure}>{formatPercent(importance, 0)}</span>
        <span className={styles.effect}>
          {better === null ? null : (
            <span title={`${better} values of ${name} do better`}>
              {better === "higher" ? (
                <IconArrowUp size={12} aria-hidden />
              ) : (
                <IconArrowDown size={12} aria-hidden />
              )}
              {better}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

const toTable = (view: ImportanceView): ChartTable => ({
  name: `importance by ${METHODS[view.method]}`,
  columns: ["param", "importance", "spread", "rank correlation", "better", "runs"],
  rows: view.params.map((param) => [
    param.name,
    param.importance,
    param.spread,
    param.correlation,
    param.better ?? "",
    param.runs,
  ]),
});
