import { useId } from "react";
import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import styles from "./Plot.module.css";
import { type Projection, plottedArea } from "./projection.js";

/** A line of a plot drawn once more over all others, between the axes. */
export function LiftedLine(props: {
  readonly segments: readonly (readonly Point[])[];
  readonly projection: Projection;
}) {
  const { segments, projection } = props;
  const { text } = usePalette();
  const clip = useId();
  return (
    <svg className={styles.overlay} width="100%" height="100%" aria-hidden>
      <clipPath id={clip}>
        <rect {...plottedArea(projection)} />
      </clipPath>
      {segments.map((segment) => (
        <polyline
          clipPath={`url(#${clip})`}
          key={segment[0]?.[0]}
          points={segment.map((point) => projection.toPixel(point).join(",")).join(" ")}
          fill="none"
          stroke={text}
          strokeWidth={3}
          strokeLinejoin="round"
        />
      ))}
    </svg>
  );
}
