import type { ReactNode } from "react";
import { detailAt, labelAt, type RunSet, stateAt } from "../board/runSet.js";
import { StateTag } from "../shell/StateTag.js";
import type { Point } from "./curveSegments.js";
import { PlotTip } from "./PlotTip.js";
import type { Projection } from "./projection.js";

/** Which run a point of a chart is: its name, state and params, and what the chart says of it. */
export function RunTip(props: {
  readonly set: RunSet;
  readonly index: number;
  readonly at: Point;
  readonly projection: Projection;
  readonly children?: ReactNode;
}) {
  const { set, index } = props;
  return (
    <PlotTip at={props.at} projection={props.projection}>
      <strong>{labelAt(set, index)}</strong> <StateTag state={stateAt(set, index)} />
      <br />
      {props.children}
      <div className="dimmed">{detailAt(set, index)}</div>
    </PlotTip>
  );
}
