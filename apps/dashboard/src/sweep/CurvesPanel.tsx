import { ActionIcon, NativeSelect, Popover, SegmentedControl, Slider, Switch } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo, useRef } from "react";
import { curveBandsQuery } from "../api/queries.js";
import { rungsOf } from "../board/rungsOf.js";
import type { Board } from "../board/useBoard.js";
import { ChartData } from "../charts/ChartData.js";
import { CurvesChart } from "../charts/CurvesChart.js";
import { MarkLegend } from "../charts/MarkLegend.js";
import type { PlotHandle } from "../charts/Plot.js";
import { prepareCurveBands } from "../charts/prepareCurveBands.js";
import { QualityLegend } from "../charts/QualityLegend.js";
import { hasEndMark } from "../charts/stateMarks.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import styles from "./CurvesPanel.module.css";
import { CHART_HEIGHT, NoChart } from "./NoChart.js";
import { curvesAsked, isMoreThanLines } from "./sweepQuestions.js";

/** One metric of all runs over each other: how they spread, the best and those that train. */
export const CurvesPanel = memo(function CurvesPanel(props: {
  readonly board: Board;
  readonly metrics: readonly string[];
  /** Epochs of the longest run. */
  readonly epochs: number;
  /** Runs that are ticked, by number. */
  readonly ticked: readonly number[];
}) {
  const { board, ticked, epochs } = props;
  const { sweep, set, search, quality } = board;
  const metric = search.metric ?? sweep.objective.metric;
  const x = search.x ?? "epoch";
  const asLines = search.lines === true;
  const plot = useRef<PlotHandle>(null);
  const query = useQuery(curveBandsQuery(sweep.id, curvesAsked(sweep, search, ticked)));
  const answer = query.data;
  const { log = false, full: fullRange = false, smooth: smoothing = 0 } = search;
  const bestNumber = sweep.best?.number ?? null;
  const chart = useMemo(
    () =>
      answer === undefined
        ? null
        : prepareCurveBands({
            answer,
            x,
            quality,
            bestNumber,
            ticked: new Set(ticked),
            log,
            fullRange,
            smoothing,
            epochs,
            rungs: rungsOf(sweep.pruner, epochs),
            withBands: !asLines && answer.measured > answer.lines.length,
          }),
    [
      answer,
      x,
      quality,
      bestNumber,
      ticked,
      log,
      fullRange,
      smoothing,
      epochs,
      sweep.pruner,
      asLines,
    ],
  );
  return (
    <Panel
      title="Learning curves"
      scope={chart?.scope}
      actions={
        <>
          {chart === null ? null : <QualityLegend metric={sweep.objective.metric} />}
          <MarkLegend states={(chart?.lines ?? []).map(({ state }) => state).filter(hasEndMark)} />
          {isMoreThanLines(set.count) ? (
            <SegmentedControl
              size="xs"
              aria-label="draw runs as"
              data={["bands", "lines"]}
              value={asLines ? "lines" : "bands"}
              onChange={(value) => board.update({ lines: value === "lines" ? true : undefined })}
            />
          ) : null}
          <NativeSelect
            size="xs"
            aria-label="metric"
            className={styles.metric}
            data={[...props.metrics]}
            value={metric}
            onChange={(event) => board.update({ metric: event.currentTarget.value })}
          />
          <CurveOptions board={board} hasOutside={chart?.hasOutside === true || fullRange} />
          {chart === null ? null : <ChartData table={chart.table} plot={plot} />}
        </>
      }
    >
      <Answer query={query} height={CHART_HEIGHT}>
        {() =>
          chart === null ? (
            <NoChart>
              {log
                ? `No value of ${metric} above zero, and a log axis has no place for others.`
                : `No run has reported ${metric} yet.`}
            </NoChart>
          ) : (
            <CurvesChart
              chart={chart}
              set={set}
              isTime={x === "time"}
              height={CHART_HEIGHT}
              handle={plot}
              highlighted={board.highlighted}
              onHighlight={board.highlight}
              onOpen={board.open}
            />
          )
        }
      </Answer>
    </Panel>
  );
});

function CurveOptions(props: { readonly board: Board; readonly hasOutside: boolean }) {
  const { search, update } = props.board;
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="axes and smoothing">
          <IconAdjustments size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={styles.options}>
        <SegmentedControl
          size="xs"
          aria-label="x axis"
          data={[
            { value: "epoch", label: "by epoch" },
            { value: "time", label: "by training time" },
          ]}
          value={search.x ?? "epoch"}
          onChange={(value) => update({ x: value === "time" ? "time" : undefined })}
        />
        <Switch
          size="xs"
          label="logarithmic y axis"
          checked={search.log === true}
          onChange={(event) => update({ log: event.currentTarget.checked ? true : undefined })}
        />
        <Switch
          size="xs"
          label="full range, the worst included"
          disabled={!props.hasOutside}
          checked={search.full === true}
          onChange={(event) => update({ full: event.currentTarget.checked ? true : undefined })}
        />
        <label htmlFor="smoothing" className={styles.label}>
          smoothing of lines {(search.smooth ?? 0).toFixed(2)}
        </label>
        <Slider
          id="smoothing"
          size="sm"
          label={null}
          thumbLabel="smoothing"
          min={0}
          max={0.95}
          step={0.05}
          value={search.smooth ?? 0}
          onChange={(value) => update({ smooth: value === 0 ? undefined : value })}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
