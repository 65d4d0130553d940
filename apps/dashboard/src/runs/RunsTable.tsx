import { Button } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { formatCounted } from "../format/formatNumber.js";
import { useLiveNow } from "../shell/useLive.js";
import { formatSort, parseSort, type RunSort } from "./orderRuns.js";
import styles from "./RunsTable.module.css";
import { type RunColumn, type RunFeatures, runFeatures } from "./runColumns.js";
import { useHeldOrder } from "./useHeldOrder.js";

const ROW_PX = 28;

/**
 * Runs as rows of 28 px, of which only those in sight are in the document. Rows keep their
 * place while somebody points at the table or works in it, whatever comes in live.
 */
export function RunsTable(props: {
  readonly runs: readonly RunView[];
  readonly columns: readonly RunColumn[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly highlighted?: string | null;
  readonly onHighlight?: (runId: string | null) => void;
  /** Fetches the next page; absent when all runs are here. */
  readonly onMore?: (() => void) | undefined;
  /** Runs that match in all, fetched or not. */
  readonly total: number;
  /** A CSS length. */
  readonly height: string;
  /** Said when there is no row. */
  readonly empty: string;
}) {
  const { columns, onMore, selected } = props;
  const scroller = useRef<HTMLElement>(null);
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const hold = isPointed || isFocused;
  const sort = useMemo(() => parseSort(props.sort), [props.sort]);
  const anyRunning = props.runs.some((run) => run.state === "running");
  const now = useLiveNow(1000, anyRunning);
  const { runs, moved, release } = useHeldOrder(props.runs, sort, hold, now);

  const table = useTable<RunFeatures, RunView>({
    features: runFeatures,
    columns: columns as RunColumn[],
    data: runs,
    getRowId: (run) => run.id,
  });
  const rows = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: ROW_PX,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onMore !== undefined && lastShown >= rows.length - 20) onMore();
  }, [onMore, lastShown, rows.length]);

  const before = (items[0]?.start ?? ROW_PX) - ROW_PX;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? ROW_PX) - ROW_PX);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  // One function for all renderings, so that a tick draws one row anew and not all.
  const select = useCallback((id: string, on: boolean) => {
    const next = new Set(latest.current.selected);
    if (on) next.add(id);
    else next.delete(id);
    latest.current.onSelect(next);
  }, []);
  return (
    <div className={styles.frame}>
      {moved > 0 ? (
        <Button className={styles.moved} size="compact-xs" onClick={release}>
          {formatCounted(moved, "run")} moved: sort again
        </Button>
      ) : null}
      <section
        ref={scroller}
        className={styles.scroller}
        style={{ maxHeight: props.height }}
        aria-label="table of runs"
        onPointerMove={() => setIsPointed(true)}
        onPointerLeave={() => {
          setIsPointed(false);
          props.onHighlight?.(null);
        }}
        onFocus={() => setIsFocused(true)}
        onBlur={() => setIsFocused(false)}
      >
        <table className={styles.table} aria-rowcount={props.total + 1}>
          <colgroup>
            <col style={{ width: 34 }} />
            {columns.map((column) => (
              <col key={column.id} style={{ width: column.meta.width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <th className={styles.tick}>
                <input
                  type="checkbox"
                  aria-label={`select all ${rows.length} runs listed`}
                  checked={rows.length > 0 && rows.every((row) => selected.has(row.id))}
                  onChange={(event) =>
                    props.onSelect(
                      new Set(event.currentTarget.checked ? rows.map((row) => row.id) : []),
                    )
                  }
                />
              </th>
              {columns.map((column) => (
                <HeaderCell key={column.id} column={column} sort={sort} onSort={props.onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? <tr aria-hidden style={{ height: before }} /> : null}
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <Row
                  key={row.id}
                  run={row.original}
                  index={item.index}
                  columns={columns}
                  now={row.original.state === "running" ? now : 0}
                  checked={selected.has(row.id)}
                  highlighted={props.highlighted === row.id}
                  onSelect={select}
                  onHighlight={props.onHighlight}
                />
              );
            })}
            {after > 0 ? <tr aria-hidden style={{ height: after }} /> : null}
          </tbody>
        </table>
        {rows.length === 0 ? <p className={styles.empty}>{props.empty}</p> : null}
      </section>
    </div>
  );
}

function HeaderCell(props: {
  readonly column: RunColumn;
  readonly sort: RunSort;
  readonly onSort: (sort: string) => void;
}) {
  const { sort } = props;
  const { id, meta } = props.column;
  const column = meta.sortBy ?? id;
  const isSorted = sort.column === column;
  const descending = isSorted ? !sort.descending : meta.bestFirst === "descending";
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      className={meta.number === true ? styles.number : undefined}
      aria-sort={isSorted ? (sort.descending ? "descending" : "ascending") : "none"}
    >
      {meta.sortBy === null ? (
        <span title={meta.title}>{meta.label}</span>
      ) : (
        <button
          type="button"
          className={styles.sort}
          title={meta.title ?? `sort by ${meta.label}`}
          onClick={() => props.onSort(formatSort({ column, descending }))}
        >
          <span className="clip">{meta.label}</span>
          {isSorted ? <Arrow size={13} aria-hidden /> : null}
        </button>
      )}
    </th>
  );
}

const Row = memo(function Row(props: {
  readonly run: RunView;
  readonly index: number;
  readonly columns: readonly RunColumn[];
  readonly now: number;
  readonly checked: boolean;
  readonly highlighted: boolean;
  readonly onSelect: (id: string, on: boolean) => void;
  readonly onHighlight?: ((runId: string | null) => void) | undefined;
}) {
  const { run, columns, checked } = props;
  return (
    <tr
      aria-rowindex={props.index + 2}
      data-checked={checked || undefined}
      data-excluded={run.excluded !== null || undefined}
      data-highlighted={props.highlighted || undefined}
      onPointerEnter={() => props.onHighlight?.(run.id)}
    >
      <td className={styles.tick}>
        <input
          type="checkbox"
          aria-label={`select ${run.name}`}
          checked={checked}
          onChange={(event) => props.onSelect(run.id, event.currentTarget.checked)}
        />
      </td>
      {columns.map(({ id, meta }) => (
        <td key={id} className={meta.number === true ? styles.number : undefined}>
          {meta.show(run, props.now)}
        </td>
      ))}
    </tr>
  );
});
