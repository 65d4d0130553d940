import type { CSSProperties } from "react";
import styles from "./ConfusionMatrix.module.css";
import type { MatrixCell, ConfusionMatrix as Prepared } from "./prepareConfusionMatrix.js";

/**
 * The matrix as a real table, which a screen reader can walk: rows are actual classes, columns
 * predicted ones. Blue is right and orange is wrong, each stronger with more of it.
 */
export function ConfusionMatrix(props: {
  readonly matrix: Prepared;
  readonly compact?: boolean;
  /** Cells of wrong rows are buttons then. */
  readonly onCell?: (cell: { readonly actual: number; readonly predicted: number }) => void;
}) {
  const { matrix, onCell } = props;
  return (
    <div className={styles.scroll}>
      <table className={props.compact === true ? styles.compact : styles.matrix}>
        <caption className={styles.caption}>{matrix.summary}</caption>
        <thead>
          <tr>
            <th className={styles.corner}>actual ↓ predicted →</th>
            {matrix.names.map((name) => (
              <th key={name} scope="col" className={styles.column} title={name}>
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row, actual) => (
            <tr key={row.name}>
              <th scope="row" className={styles.row} title={row.name}>
                {row.name}
              </th>
              {row.cells.map((cell, index) => (
                <td
                  key={matrix.names[index]}
                  title={cell.title}
                  className={cell.strength > 0.55 ? styles.strong : undefined}
                  style={cellStyle(cell)}
                >
                  {onCell === undefined || cell.kind === "right" || cell.text === "" ? (
                    cell.text
                  ) : (
                    <button
                      type="button"
                      className={styles.cell}
                      aria-label={`${cell.title}: show the images`}
                      onClick={() => onCell({ actual, predicted: index })}
                    >
                      {cell.text}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Square root, since counts fall off fast: half of the largest still shows half as strong. */
const cellStyle = ({ kind, strength }: MatrixCell): CSSProperties => ({
  background: `color-mix(in srgb, var(--${kind}) ${Math.round(Math.sqrt(strength) * 100)}%, transparent)`,
});
