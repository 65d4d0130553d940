import { Popover } from "@mantine/core";
import { type DragEvent, type PointerEvent, useId, useState } from "react";
import type { Projection } from "../charts/projection.js";
import styles from "./AxisBrush.module.css";
import { AxisMenu } from "./AxisMenu.js";
import type { BrushAxis, Stretch } from "./brush.js";

const CLICK_PX = 4;
const DRAGGED = "text/x-sweepyard-axis";

/**
 * What lies over one axis: its name, which moves it when dragged and opens its menu, and the strip
 * along which a stretch is brushed. All that a pointer does here the menu does by keys.
 */
export function AxisBrush(props: {
  readonly name: string;
  readonly target: BrushAxis;
  readonly place: number;
  /** Of the params; the objective's axis follows them. */
  readonly count: number;
  readonly projection: Projection;
  readonly stretches: readonly Stretch[];
  readonly onBrush: (stretch: Stretch | null) => void;
  /** Absent: the axis stays where it is. */
  readonly onMove: ((to: number) => void) | undefined;
  /** The axis at another place was dropped on this one. */
  readonly onDrop: (from: number) => void;
}) {
  const { name, place, projection, onBrush, onMove } = props;
  const [drag, setDrag] = useState<Stretch | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const [x, top] = projection.toPixel([place, 1]);
  const [, bottom] = projection.toPixel([place, 0]);
  const shown = drag === null ? props.stretches : [drag];

  const unitAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  };
  const finish = (event: PointerEvent<HTMLDivElement>) => {
    if (drag === null) return;
    setDrag(null);
    const [from, to] = [drag[0], unitAt(event)];
    const isClick = Math.abs(to - from) * (bottom - top) < CLICK_PX;
    onBrush(isClick ? null : [Math.min(from, to), Math.max(from, to)]);
  };
  const drop = (event: DragEvent) => {
    const dragged = event.dataTransfer.getData(DRAGGED);
    if (dragged !== "") props.onDrop(Number(dragged));
  };
  return (
    <>
      <Popover opened={isOpen} onChange={setIsOpen} position="bottom" shadow="md" trapFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles.name}
            style={{ left: x }}
            title={`${name}: drag to move, click for range and order`}
            aria-label={`axis ${name}: range and order`}
            aria-expanded={isOpen}
            draggable={onMove !== undefined}
            onDragStart={(event) => event.dataTransfer.setData(DRAGGED, String(place))}
            onDragOver={(event) => onMove !== undefined && event.preventDefault()}
            onDrop={drop}
            onClick={() => setIsOpen(!isOpen)}
          >
            {name}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <AxisMenu {...props} id={id} onClose={() => setIsOpen(false)} />
        </Popover.Dropdown>
      </Popover>
      <div
        className={styles.strip}
        style={{ left: x - 12, top, height: bottom - top }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = unitAt(event);
          setDrag([at, at]);
        }}
        onPointerMove={(event) => {
          if (drag !== null) setDrag([drag[0], unitAt(event)]);
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {shown.map(([from, to]) => (
          <span
            key={from}
            className={styles.stretch}
            style={{
              bottom: `${Math.min(from, to) * 100}%`,
              height: `${Math.abs(to - from) * 100}%`,
            }}
          />
        ))}
      </div>
    </>
  );
}
