import { Title } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { IconStack2 } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { formatCount } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import { filterWords } from "./completeFilter.js";
import { FilterField } from "./FilterField.js";
import { useRememberOrder } from "./listOrder.js";
import { RunsTable } from "./RunsTable.js";
import { projectRunColumns } from "./runColumns.js";
import { SelectionBar } from "./SelectionBar.js";
import { useFilteredRuns } from "./useFilteredRuns.js";

const route = getRouteApi("/runs");
const NO_IDS: readonly string[] = [];

/** Runs of all sweeps and single runs, newest first; the server filters and sorts. */
export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = search.filter ?? "";
  const sort = search.sort ?? "-createdAt";
  const { query, isRefused, refusal } = useFilteredRuns({ filter, sort });
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  useRememberOrder(runs);
  const words = useMemo(
    () =>
      filterWords(
        new Map(namesIn(runs, "params").map((name) => [name, []])),
        namesIn(runs, "metrics"),
      ),
    [runs],
  );
  const total = query.data?.pages.at(-1)?.total ?? 0;
  const ids = search.selected ?? NO_IDS;
  const selected = useMemo(() => new Set(ids), [ids]);
  const update = (change: { filter?: string; sort?: string; selected?: readonly string[] }) =>
    navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  return (
    <>
      <Title order={1} mb={10}>
        Runs
      </Title>
      <Panel
        title="All runs"
        scope={
          query.data === undefined
            ? undefined
            : `${formatCount(total)} ${filter === "" || isRefused ? "in all" : "fit the filter"}${runs.length < total ? `, ${formatCount(runs.length)} loaded so far` : ""}`
        }
        actions={
          <FilterField
            value={filter}
            error={refusal}
            words={words}
            example="state = completed and metrics.val_loss < 0.4"
            onChange={(text) => update({ filter: text === "" ? undefined : text })}
          />
        }
        flush
      >
        <SelectionBar
          runs={runs}
          selected={selected}
          onClear={() => update({ selected: undefined })}
        />
        <Answer query={query} height={400}>
          {() =>
            total === 0 && (filter === "" || isRefused) ? (
              <EmptyState icon={<IconStack2 size={36} stroke={1.4} />} title="No runs yet">
                A run is one training. Submit a sweep, or a single one with{" "}
                <code>POST /api/v1/runs</code>.
              </EmptyState>
            ) : (
              <RunsTable
                runs={runs}
                columns={projectRunColumns}
                sort={sort}
                onSort={(text) => update({ sort: text })}
                selected={selected}
                onSelect={(next) => update({ selected: next.size === 0 ? undefined : [...next] })}
                onMore={
                  query.hasNextPage && !query.isFetchingNextPage
                    ? () => void query.fetchNextPage()
                    : undefined
                }
                total={total}
                height="max(320px, calc(100vh - 180px))"
                empty="No run fits the filter."
              />
            )
          }
        </Answer>
      </Panel>
    </>
  );
}

/** Of the runs that are here, so that it need not be known of all. */
const namesIn = (runs: readonly RunView[], part: "params" | "metrics") => [
  ...new Set(runs.flatMap((run) => Object.keys(run[part]))),
];
