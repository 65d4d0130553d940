import { useMemo, useRef } from "react";
import type { Board } from "../board/useBoard.js";
import { manyLines, toCoords } from "../charts/manySeries.js";
import type { ObjectiveAxis } from "../charts/objectiveAxis.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { prepareEdf } from "../charts/prepareEdf.js";
import { NoChart } from "../sweep/NoChart.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";

/** How the objective is distributed, and how the selected runs differ from all. */
export function EdfView(props: { readonly board: Board; readonly objective: ObjectiveAxis }) {
  const { board, objective } = props;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const edf = useMemo(
    () => prepareEdf(board.set, board.mask, objective),
    [board.set, board.mask, objective],
  );
  const series = useMemo(
    () =>
      edf === null
        ? []
        : [
            manyLines(toCoords([edf.all]), { color: palette.dimmed, type: "dashed" }),
            manyLines(toCoords([edf.line]), { color: palette.bar, width: 2 }),
          ],
    [edf, palette],
  );
  if (edf === null) return <NoChart>No selected run has a finite value.</NoChart>;
  return (
    <ExploreFrame
      board={board}
      scope={edf.scope}
      table={edf.table}
      plot={plot}
      legend={edf.all.length > 0 ? <span className="dimmed">dashed: all runs</span> : null}
    >
      <Plot
        name="edf"
        x={edf.x}
        y={edf.y}
        series={series}
        height={320}
        summary={edf.summary}
        handle={plot}
      />
    </ExploreFrame>
  );
}
