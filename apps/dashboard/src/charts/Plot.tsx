import { useElementSize } from "@mantine/hooks";
import {
  type PointerEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
} from "react";
import { usePalette } from "../usePalette.js";
import type { Axis } from "./axis.js";
import { canvasBrush } from "./canvasBrush.js";
import type { Point } from "./curveSegments.js";
import { drawInTurn } from "./drawInTurn.js";
import type { Series } from "./manySeries.js";
import styles from "./Plot.module.css";
import { type PlotPicture, paintPlot } from "./paintPlot.js";
import { MARGIN, type Margin, type Projection, project } from "./projection.js";
import { svgBrush } from "./svgBrush.js";

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
  readonly series: readonly Series[];
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
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef(0);
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const projection = useMemo(
    () => project(x, y, width, height, margin),
    [x, y, width, height, margin],
  );
  const picture = useMemo(
    () => ({ x, y, series, width, height, margin, isBare, palette }),
    [x, y, series, width, height, margin, isBare, palette],
  );

  useEffect(() => {
    const element = canvas.current;
    if (width === 0 || element === null) return;
    return drawInTurn(() => {
      paintCanvas(element, picture, window.devicePixelRatio);
      drawn.current++;
      element.parentElement?.setAttribute("data-drawn", String(drawn.current));
    });
  }, [picture, width]);

  useImperativeHandle(
    props.handle,
    () => ({
      async save(kind) {
        if (kind === "svg") {
          const brush = svgBrush(width, height, palette.surface);
          paintPlot(brush, picture);
          return new Blob([brush.finish()], { type: "image/svg+xml" });
        }
        const paper = document.createElement("canvas");
        paintCanvas(paper, picture, 2, palette.surface);
        return new Promise<Blob>((fulfil, reject) =>
          paper.toBlob((blob) =>
            blob === null ? reject(new Error("the browser makes no PNG")) : fulfil(blob),
          ),
        );
      },
    }),
    [picture, palette, width, height],
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
      <canvas ref={canvas} className={styles.canvas} role="img" aria-label={props.summary} />
      {width === 0 ? null : props.overlay?.(projection)}
    </div>
  );
}

/** @param ratio the canvas' own pixels in one of the plot's. */
function paintCanvas(
  canvas: HTMLCanvasElement,
  picture: PlotPicture,
  ratio: number,
  ground?: string,
): void {
  canvas.width = Math.round(picture.width * ratio);
  canvas.height = Math.round(picture.height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  if (ground !== undefined) {
    context.fillStyle = ground;
    context.fillRect(0, 0, picture.width, picture.height);
  }
  paintPlot(canvasBrush(context), picture);
}
