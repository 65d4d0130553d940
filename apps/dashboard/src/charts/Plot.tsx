import { useElementSize } from "@mantine/hooks";
import type { EChartsOption } from "echarts";
import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { usePalette } from "../usePalette.js";
import type { Axis } from "./axis.js";
import type { Point } from "./curveSegments.js";
import styles from "./Plot.module.css";
import { MARGIN, type Projection, project } from "./projection.js";

/** Half of the page's script, fetched beside the rest: words and tables do not wait for it. */
const echarts = import("./echarts.js");

type Chart = ReturnType<typeof import("./echarts.js")["init"]>;

/**
 * Paints series between two decided axes. What moves with the pointer is drawn over it by
 * `overlay`, so that hovering repaints nothing of the canvas.
 */
export function Plot(props: {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: EChartsOption["series"];
  readonly height: number;
  readonly summary: string;
  readonly onPointer?: (pointer: Point | null, projection: Projection) => void;
  readonly onClick?: () => void;
  readonly overlay?: (projection: Projection) => ReactNode;
}) {
  const { x, y, series, height, onPointer } = props;
  const palette = usePalette();
  const canvas = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart | null>(null);
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const projection = useMemo(() => project(x, y, width, height), [x, y, width, height]);

  useEffect(() => {
    let instance: Chart | null = null;
    let isGone = false;
    void echarts.then(({ init }) => {
      if (isGone) return;
      instance = init(canvas.current, null, { renderer: "canvas" });
      setChart(instance);
    });
    return () => {
      isGone = true;
      instance?.dispose();
    };
  }, []);

  useEffect(() => {
    if (width === 0) return;
    chart?.resize({ width, height });
  }, [chart, width, height]);

  useEffect(() => {
    chart?.setOption(
      {
        animation: false,
        grid: { ...MARGIN, containLabel: false },
        xAxis: { ...axisOption(x, palette), nameGap: 26, splitLine: { show: false } },
        yAxis: { ...axisOption(y, palette), nameGap: 44, axisLine: { show: false } },
        series,
      },
      { notMerge: true },
    );
  }, [chart, x, y, series, palette]);

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPointer?.([event.clientX - box.left, event.clientY - box.top], projection);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: all that a click opens is also a link in the table beside the plot
    <div
      ref={frame}
      className={styles.frame}
      style={{ height }}
      role="img"
      aria-label={props.summary}
      onPointerMove={move}
      onPointerDown={move}
      onPointerLeave={() => onPointer?.(null, projection)}
      onClick={props.onClick}
    >
      <div ref={canvas} className={styles.canvas} />
      {width === 0 ? null : props.overlay?.(projection)}
    </div>
  );
}

function axisOption(axis: Axis, palette: ReturnType<typeof usePalette>) {
  const labels = new Map(axis.ticks.map((tick) => [tick.at, tick.label]));
  const customValues = axis.ticks.map((tick) => tick.at);
  return {
    type: "value" as const,
    min: axis.min,
    max: axis.max,
    name: axis.title,
    nameLocation: "middle" as const,
    nameTextStyle: { color: palette.dimmed, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: palette.line } },
    axisTick: { show: false, customValues },
    axisLabel: {
      color: palette.dimmed,
      fontSize: 11,
      customValues,
      formatter: (value: number) => labels.get(value) ?? nearestLabel(axis, value),
    },
    splitLine: { lineStyle: { color: palette.line }, customValues },
  };
}

/** ECharts may hand a tick back with its last digit changed. */
function nearestLabel(axis: Axis, value: number): string {
  const tolerance = (axis.max - axis.min) * 1e-6;
  return axis.ticks.find((tick) => Math.abs(tick.at - value) < tolerance)?.label ?? "";
}
