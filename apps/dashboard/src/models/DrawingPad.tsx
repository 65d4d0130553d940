import { type PointerEvent, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import styles from "./ModelsPage.module.css";

/** Ten canvas pixels for each of the model's usual 28. */
const SIDE = 280;
const PEN = 22;

export interface DrawingPadHandle {
  readonly clear: () => void;
  /** @returns whether the browser could read the file as an image. */
  readonly show: (file: Blob) => Promise<boolean>;
}

/** A black square to draw on in white; each finished stroke is handed out as a PNG. */
export function DrawingPad(props: {
  readonly ref: Ref<DrawingPadHandle>;
  readonly isOver: boolean;
  readonly onDrawn: (image: Blob) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<{ x: number; y: number } | null>(null);

  useEffect(() => blacken(canvas.current), []);
  useImperativeHandle(props.ref, () => ({
    clear: () => blacken(canvas.current),
    show: async (file) => {
      const pen = canvas.current?.getContext("2d");
      if (pen === null || pen === undefined) return true;
      // Blackened first: beside an error, an older picture would look like the one refused.
      blacken(canvas.current);
      const image = await createImageBitmap(file).catch(() => null);
      if (image === null) return false;
      const scale = Math.min(SIDE / image.width, SIDE / image.height);
      const [width, height] = [image.width * scale, image.height * scale];
      pen.drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
      return true;
    },
  }));

  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  };
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const pen = event.currentTarget.getContext("2d");
    if (pen === null || last.current === null) return;
    const to = at(event);
    pen.strokeStyle = "#fff";
    pen.lineWidth = PEN;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(last.current.x, last.current.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    last.current = to;
  };
  const finish = () => {
    if (last.current === null) return;
    last.current = null;
    canvas.current?.toBlob((image) => image !== null && props.onDrawn(image), "image/png");
  };
  return (
    <canvas
      ref={canvas}
      width={SIDE}
      height={SIDE}
      className={styles.pad}
      data-over={props.isOver || undefined}
      aria-label="a square to draw on; “Choose an image” does the same without a pointer"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = at(event);
        draw(event);
      }}
      onPointerMove={draw}
      onPointerUp={finish}
      onPointerCancel={finish}
    />
  );
}

function blacken(canvas: HTMLCanvasElement | null): void {
  const pen = canvas?.getContext("2d");
  if (pen === null || pen === undefined) return;
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, SIDE, SIDE);
}
