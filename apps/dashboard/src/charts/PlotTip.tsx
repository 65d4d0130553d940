import type { ReactNode } from "react";
import type { Point } from "./curveSegments.js";
import styles from "./Plot.module.css";
import type { Projection } from "./projection.js";

/** A box beside `at`, on the side where there is room. */
export function PlotTip(props: {
  readonly at: Point;
  readonly projection: Projection;
  readonly children: ReactNode;
}) {
  const [x, y] = props.at;
  const { width, height } = props.projection;
  const horizontal = x > width / 2 ? { right: width - x + 14 } : { left: x + 14 };
  const vertical = y > height / 2 ? { bottom: height - y + 8 } : { top: y + 8 };
  return (
    <div className={styles.tip} style={{ ...horizontal, ...vertical }}>
      {props.children}
    </div>
  );
}
