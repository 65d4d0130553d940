import type { PredictAnswer } from "@sweepyard/contract";
import { useEffect, useRef } from "react";
import styles from "./ModelsPage.module.css";

/** What was made of a picture: the pixels that the model was asked about. */
export function ModelInput({ pixels }: { readonly pixels: NonNullable<PredictAnswer["pixels"]> }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height = 1, width = 1] = pixels.shape;
  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (pen === null || pen === undefined) return;
    const image = pen.createImageData(width, height);
    for (const [at, value] of pixels.values.entries())
      image.data.set([value, value, value, 255], at * 4);
    pen.putImageData(image, 0, 0);
  }, [pixels, width, height]);
  return (
    <figure className={styles.input}>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`what the model is asked about: ${width} by ${height} grey pixels`}
      />
      <figcaption className="dimmed">
        what it sees, {width} × {height}
      </figcaption>
    </figure>
  );
}
