import { CloseButton } from "@mantine/core";
import { clausesOf, withoutClause } from "../board/clauses.js";
import type { Board } from "../board/useBoard.js";
import { formatCount } from "../format/formatNumber.js";
import styles from "./SelectionChips.module.css";

/** The page's one selection as chips, each of which can be taken away. */
export function SelectionChips(props: {
  readonly board: Board;
  readonly ticked: number;
  readonly onUntick: () => void;
}) {
  const { board, ticked } = props;
  const filter = board.search.filter ?? "";
  const clauses = clausesOf(filter);
  if (clauses.length === 0 && ticked === 0) return null;
  const left = board.mask === null ? board.set.count : board.mask.reduce((sum, on) => sum + on, 0);
  return (
    <ul className={styles.chips} aria-label="selection">
      {clauses.length === 0 ? null : (
        <li className={styles.count}>
          {formatCount(left)} of {formatCount(board.set.total)} runs selected
        </li>
      )}
      {clauses.map(({ text }, index) => (
        <li key={text} className={styles.chip}>
          <span className="clip" title={text}>
            {text}
          </span>
          <CloseButton
            size="xs"
            aria-label={`remove ${text}`}
            onClick={() => board.update({ filter: withoutClause(filter, index) || undefined })}
          />
        </li>
      ))}
      {ticked === 0 ? null : (
        <li className={styles.chip}>
          {formatCount(ticked)} ticked
          <CloseButton size="xs" aria-label="untick all" onClick={props.onUntick} />
        </li>
      )}
    </ul>
  );
}
