import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import styles from "./Plot.module.css";

/** A ring around a point of a plot, in pixels. */
export function LiftedPoint({ at, radius }: { readonly at: Point; readonly radius: number }) {
  const { text } = usePalette();
  return (
    <svg className={styles.overlay} width="100%" height="100%" aria-hidden>
      <circle cx={at[0]} cy={at[1]} r={radius} fill="none" stroke={text} strokeWidth={2} />
    </svg>
  );
}
