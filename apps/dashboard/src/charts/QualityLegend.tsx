import { usePalette } from "../usePalette.js";
import styles from "./Plot.module.css";

/** What a curve's colour means. It shifts as better and worse runs come in. */
export function QualityLegend({ metric }: { readonly metric: string }) {
  const { quality } = usePalette();
  return (
    <span className={styles.legend} title={`colour: a run's ${metric} among all runs so far`}>
      <span>
        worst
        <span
          aria-hidden
          style={{
            width: 56,
            height: 6,
            borderRadius: 3,
            background: `linear-gradient(to right, ${quality.join(", ")})`,
          }}
        />
        best
      </span>
    </span>
  );
}
