import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { timelineQuery } from "../api/queries.js";
import type { Board } from "../board/useBoard.js";
import type { Point } from "../charts/curveSegments.js";
import { MarkLegend } from "../charts/MarkLegend.js";
import { manyLines } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { PlotTip } from "../charts/PlotTip.js";
import { barAt, prepareTimeline, type TimelineBar } from "../charts/prepareTimeline.js";
import type { Projection } from "../charts/projection.js";
import { formatDuration } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { StateTag } from "../shell/StateTag.js";
import { useLiveNow } from "../shell/useLive.js";
import { NoChart } from "../sweep/NoChart.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";

const MARGIN = { left: 130, right: 14, top: 10, bottom: 42 };
const LANE_PX = 24;

/** Which slot trained which run when: idle slots, stragglers and waits show at once. */
export function TimelineView({ board }: { readonly board: Board }) {
  const query = useQuery(timelineQuery(board.sweep.id));
  const isLive = board.sweep.state === "running";
  const now = useLiveNow(5_000, isLive);
  const { set, mask } = board;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const [found, setFound] = useState<{ bar: TimelineBar; at: Point } | null>(null);
  const chart = useMemo(
    () => (query.data === undefined ? null : prepareTimeline(query.data, set, mask, now)),
    [query.data, set, mask, now],
  );
  const height = 60 + Math.max(2, chart?.lanes ?? 2) * LANE_PX;
  const series = useMemo(() => {
    if (chart === null) return [];
    const width = 12;
    return [
      manyLines(chart.waits, { color: palette.dimmed, width: 1.5, opacity: 0.5 }),
      ...chart.groups.map(({ state, coords }) =>
        manyLines(coords, {
          color: state === null ? palette.line : palette.state[state],
          width,
          opacity: state === null ? 1 : 0.85,
        }),
      ),
    ];
  }, [chart, palette]);
  const follow = (at: Point | null, projection: Projection) => {
    const bar =
      at === null || chart === null
        ? null
        : barAt(chart, projection.xAt(at[0]), projection.yAt(at[1]));
    setFound(bar === null || at === null ? null : { bar, at });
    board.highlight(bar?.number ?? null);
  };
  return (
    <Answer query={query} height={240}>
      {() =>
        chart === null ? (
          <NoChart>No run has begun yet.</NoChart>
        ) : (
          <ExploreFrame
            board={board}
            scope={chart.scope}
            table={chart.table}
            plot={plot}
            legend={
              <>
                <MarkLegend states={chart.groups.flatMap(({ state }) => state ?? [])} />
                <span className="dimmed">thin line: waited in the queue</span>
              </>
            }
          >
            <Plot
              name="timeline"
              x={chart.x}
              y={chart.y}
              series={series}
              height={height}
              margin={MARGIN}
              summary={chart.summary}
              handle={plot}
              onPointer={follow}
              onClick={() => found !== null && board.open(found.bar.number)}
              overlay={(projection) =>
                found === null ? null : (
                  <PlotTip at={found.at} projection={projection}>
                    <strong>run {found.bar.number}</strong> <StateTag state={found.bar.state} />
                    <br />
                    {found.bar.isOpen ? "trains since" : "trained"}{" "}
                    {formatDuration(found.bar.end - found.bar.start)}
                    {found.bar.wait === null ? null : (
                      <>
                        <br />
                        waited {formatDuration(found.bar.wait)} before
                      </>
                    )}
                  </PlotTip>
                )
              }
            />
          </ExploreFrame>
        )
      }
    </Answer>
  );
}
