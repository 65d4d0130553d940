import { useMemo } from "react";
import type { Board } from "../board/useBoard.js";
import type { RunColumn } from "../runs/runColumns.js";

/**
 * Which of a table's columns are shown: the usual ones, unless the address adds some or, with a
 * minus, takes some away.
 */
export function useTableColumns(
  board: Board,
  usual: readonly RunColumn[],
  extra: readonly RunColumn[],
) {
  const chosen = board.search.columns;
  return useMemo(() => {
    const added = new Set(chosen?.filter((id) => !id.startsWith("-")));
    const taken = new Set(chosen?.filter((id) => id.startsWith("-")).map((id) => id.slice(1)));
    const columns = [
      ...usual.filter(({ id }) => !taken.has(id)),
      ...extra.filter(({ id }) => added.has(id)),
    ];
    const isUsual = new Set(usual.map(({ id }) => id));
    return {
      columns,
      all: [...usual, ...extra].map(({ id, meta }) => ({ id, label: meta.label })),
      shown: new Set(columns.map(({ id }) => id)),
      toggle: (id: string, on: boolean) => {
        const others = (chosen ?? []).filter((each) => each !== id && each !== `-${id}`);
        const next = on === isUsual.has(id) ? others : [...others, on ? id : `-${id}`];
        board.update({ columns: next.length === 0 ? undefined : next });
      },
    };
  }, [chosen, usual, extra, board.update]);
}
