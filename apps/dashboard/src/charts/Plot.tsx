import { useElementSize } from "@mantine/hooks";
import {
  type PointerEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { usePalette } from "../usePalette.js";
import type { Axis } from "./axis.js";
import type { Point } from "./curveSegments.js";
import { drawInTurn } from "./drawInTurn.js";
import styles from "./Plot.module.css";
import { MARGIN, type Margin, type Projection, project } from "./projection.js";

/** Half of the page's script, fetched beside the rest: words and tables do not wait for it. */
const echarts = import("./echarts.js");

type Chart = ReturnType<typeof import("./echarts.js")["init"]>;

/** What a picture can be saved as. */
export interface PlotHandle {
  save(kind: "png" | "svg"): Promise<Blob>;
}

/**
 * Paints series between two decided axes. What moves with the pointer is drawn over it by
 * `overlay`, so that hovering repaints nothing of the canvas.
 */
export function Plot(props: {
  readonly x: Axis;
  readonly y: Axis;
  /** ECharts' series, whose own types are as wide as its whole API. */
  readonly series: readonly object[];
  readonly height: number;
  readonly summary: string;
  /** For whoever waits until it is drawn; see data-drawn. */
  readonly name?: string;
  readonly handle?: Ref<PlotHandle> | undefined;
  readonly margin?: Margin;
  /** Draws its own axes. */
  readonly isBare?: boolean;
  readonly onPointer?: (pointer: Point | null, projection: Projection) => void;
  readonly onClick?: () => void;
  readonly overlay?: (projection: Projection) => ReactNode;
}) {
  const { x, y, series, height, margin = MARGIN, isBare = false, onPointer } = props;
  const palette = usePalette();
  const canvas = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart | null>(null);
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const projection = useMemo(
    () => project(x, y, width, height, margin),
    [x, y, width, height, margin],
  );
  const option = useMemo(
    () => ({
      animation: false,
      grid: { ...margin, containLabel: false },
      xAxis: isBare
        ? { type: "value" as const, min: x.min, max: x.max, show: false }
        : { ...axisOption(x, palette), nameGap: 26, splitLine: { show: false } },
      yAxis: isBare
        ? { type: "value" as const, min: y.min, max: y.max, show: false }
        : { ...axisOption(y, palette), nameGap: margin.left - 14, axisLine: { show: false } },
      series,
    }),
    [x, y, series, palette, margin, isBare],
  );

  useEffect(() => {
    let instance: Chart | null = null;
    let isGone = false;
    let takeBack = () => {};
    void echarts.then(({ init }) => {
      if (isGone) return;
      takeBack = drawInTurn(() => {
        instance = init(canvas.current, null, { renderer: "canvas" });
        let drawn = 0;
        instance.on("finished", () => {
          drawn++;
          canvas.current?.parentElement?.setAttribute("data-drawn", String(drawn));
        });
        setChart(instance);
      });
    });
    return () => {
      isGone = true;
      takeBack();
      instance?.dispose();
    };
  }, []);

  useEffect(() => {
    if (width === 0) return;
    chart?.resize({ width, height });
  }, [chart, width, height]);

  useEffect(() => {
    if (width === 0 || chart === null) return;
    return drawInTurn(() =>
      chart.setOption(option as Parameters<Chart["setOption"]>[0], {
        notMerge: true,
        lazyUpdate: true, // laid out and painted in the next frame: a task of its own
      }),
    );
  }, [chart, option, width]);

  useImperativeHandle(
    props.handle,
    () => ({
      async save(kind) {
        const backgroundColor = palette.surface;
        if (kind === "svg") {
          const { drawSvg } = await import("./echartsSvg.js");
          const svg = drawSvg({ ...option, backgroundColor }, { width, height });
          return new Blob([svg], { type: "image/svg+xml" });
        }
        const url = chart?.getDataURL({ type: "png", pixelRatio: 2, backgroundColor }) ?? "";
        return new Blob([toBytes(url)], { type: "image/png" });
      },
    }),
    [chart, option, palette, width, height],
  );

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPointer?.([event.clientX - box.left, event.clientY - box.top], projection);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: all that a click opens is also a link in the table beside the plot
    // biome-ignore lint/a11y/noStaticElementInteractions: the picture within has the role; what lies over it has its own
    <div
      ref={frame}
      className={styles.frame}
      style={{ height }}
      data-chart={props.name}
      onPointerMove={move}
      onPointerDown={move}
      onPointerLeave={() => onPointer?.(null, projection)}
      onClick={props.onClick}
    >
      <div ref={canvas} className={styles.canvas} role="img" aria-label={props.summary} />
      {width === 0 ? null : props.overlay?.(projection)}
    </div>
  );
}

/** Decoded by hand: the content security policy lets nothing be fetched from a data: URL. */
function toBytes(dataUrl: string): Uint8Array<ArrayBuffer> {
  const text = atob(dataUrl.slice(dataUrl.indexOf(",") + 1));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
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
