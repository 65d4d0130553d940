import type { ReactNode, RefObject } from "react";
import type { Board } from "../board/useBoard.js";
import { ChartData } from "../charts/ChartData.js";
import type { ChartTable } from "../charts/chartTable.js";
import type { PlotHandle } from "../charts/Plot.js";
import { QualityLegend } from "../charts/QualityLegend.js";
import styles from "./ExplorePanel.module.css";

/** What is around each view of all runs: which part it shows, its legend and its data. */
export function ExploreFrame(props: {
  readonly board: Board;
  readonly scope: string;
  readonly table: ChartTable;
  readonly plot?: RefObject<PlotHandle | null>;
  /** In place of the legend of poor and good. */
  readonly legend?: ReactNode;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <>
      <div className={styles.head}>
        <span className="dimmed">{props.scope}</span>
        <span className={styles.tools}>
          {props.controls}
          {props.legend ?? <QualityLegend metric={props.board.sweep.objective.metric} />}
          <ChartData table={props.table} {...(props.plot && { plot: props.plot })} />
        </span>
      </div>
      {props.children}
    </>
  );
}
