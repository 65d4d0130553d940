import styles from "./NoChart.module.css";

/** Low enough that the top of the table is in sight on a screen 900 px high. */
export const CHART_HEIGHT = 244;

/** Holds a chart's place while there is nothing to draw, and says when there will be. */
export const NoChart = (props: { readonly children: string }) => (
  <p className={styles.none} style={{ height: CHART_HEIGHT }}>
    {props.children}
  </p>
);
