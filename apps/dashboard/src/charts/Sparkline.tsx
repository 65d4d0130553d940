import type { Sparkline as Prepared } from "./prepareSparkline.js";
import styles from "./Sparkline.module.css";

const WIDTH = 96;
const HEIGHT = 28;
/** Half of what the dot at the end takes, so that nothing of it is cut off. */
const MARGIN = 3;

/** Draws what `prepareSparkline` decided, with a dot where the line ends. */
export function Sparkline({ line }: { readonly line: Prepared }) {
  const points = line.corners.map(([x, y]) => [
    MARGIN + x * (WIDTH - 2 * MARGIN),
    HEIGHT - MARGIN - y * (HEIGHT - 2 * MARGIN),
  ]);
  const [endX, endY] = points.at(-1) ?? [];
  return (
    <svg className={styles.line} width={WIDTH} height={HEIGHT} role="img" aria-label={line.summary}>
      <title>{line.summary}</title>
      <polyline points={points.map((point) => point.join(",")).join(" ")} />
      <circle cx={endX} cy={endY} r={2.5} />
    </svg>
  );
}
