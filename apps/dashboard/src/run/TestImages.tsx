import { API_PREFIX, type TrainPlan } from "@sweepyard/contract";
import styles from "./ReportPanels.module.css";

const SIDE = 56;

/** One row of the test split as it looks, out of a picture of several; nothing for data that are no images. */
export function TestImage(props: {
  readonly data: TrainPlan["data"];
  /** All rows of the picture; one request fetches it. */
  readonly rows: readonly number[];
  readonly index: number;
  readonly label: string;
}) {
  const { data, rows, index, label } = props;
  const version = data.version === undefined ? "" : `&version=${data.version}`;
  const url = `${API_PREFIX}/datasets/${encodeURIComponent(data.dataset)}/images?rows=${rows.join(",")}${version}`;
  return (
    <span
      role="img"
      aria-label={label}
      className={styles.image}
      style={{
        width: SIDE,
        height: SIDE,
        backgroundImage: `url("${url}")`,
        backgroundSize: `${rows.length * SIDE}px ${SIDE}px`,
        backgroundPosition: `-${index * SIDE}px 0`,
      }}
    />
  );
}
