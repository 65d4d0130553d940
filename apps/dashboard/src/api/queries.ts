import type { BatchResult, CreateSweep, ListRuns, RunState } from "@sweepyard/contract";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { readRunSet } from "../board/runSet.js";
import { client } from "./client.js";

/**
 * Every question that pages ask of the API, by key. Live events patch these answers
 * (applyEvents.ts), so nothing here asks again by itself unless no event tells of a change.
 */

/** How many rows one request fetches; the next come as one scrolls. */
export const RUNS_PAGE = 50;

export interface RunListKey {
  readonly sweepId?: string;
  readonly filter: string;
  readonly sort: string;
}

export const meQuery = () =>
  queryOptions({
    queryKey: ["me"],
    queryFn: ({ signal }) => client.me.get({ signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sweepListQuery = () =>
  infiniteQueryOptions({
    queryKey: ["sweep-list"],
    queryFn: ({ signal, pageParam }) =>
      client.sweeps.list({ cursor: pageParam ?? undefined, limit: 100 }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The server answers for so many sweeps at once. */
const MOST_HISTORIES = 100;

/** How the best of each sweep came about; stays until one has another best, which live events tell. */
export const bestSoFarQueries = (ids: readonly string[]) =>
  Array.from({ length: Math.ceil(ids.length / MOST_HISTORIES) }, (_, index) => {
    const part = ids.slice(index * MOST_HISTORIES, (index + 1) * MOST_HISTORIES);
    return queryOptions({
      queryKey: ["best-so-far", part],
      queryFn: ({ signal }) => client.sweeps.bestSoFar(part, { signal }),
      placeholderData: keepPreviousData,
    });
  });

export const sweepQuery = (id: string) =>
  queryOptions({
    queryKey: ["sweep", id],
    queryFn: ({ signal }) => client.sweeps.get(id, { signal }),
  });

/** What submitting a sweep would do; asked anew only for another sweep. */
export const previewQuery = (sweep: z.input<typeof CreateSweep>) =>
  queryOptions({
    queryKey: ["sweep-preview", sweep],
    queryFn: ({ signal }) => client.sweeps.preview(sweep, { signal }),
  });

/** All runs of a sweep, as charts need them; live events keep them up to date. */
export const runSetQuery = (sweepId: string) =>
  queryOptions({
    queryKey: ["run-set", sweepId],
    queryFn: async ({ signal }) => readRunSet(await client.sweeps.columns(sweepId, {}, { signal })),
    // Comparing ten thousand runs with themselves to find what changed would cost more than it saves.
    structuralSharing: false,
  });

/** Numbers of the runs that fit a filter which only the server can judge. */
export const matchingRunsQuery = (sweepId: string, filter: string) =>
  queryOptions({
    queryKey: ["matching-runs", sweepId, filter],
    queryFn: async ({ signal }) =>
      readRunSet(await client.sweeps.columns(sweepId, { filter }, { signal })).numbers,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

export interface CurveBandsKey {
  readonly metric: string;
  readonly x: "epoch" | "time";
  readonly lines: number;
  readonly filter: string;
  /** Runs that are lines whatever their objective is, by number. */
  readonly numbers: readonly number[];
}

export const curveBandsQuery = (sweepId: string, key: CurveBandsKey) =>
  queryOptions({
    queryKey: ["curve-bands", sweepId, key],
    queryFn: ({ signal }) => {
      const { filter, numbers, ...rest } = key;
      return client.sweeps.curveBands(
        sweepId,
        {
          ...rest,
          ...(filter !== "" && { filter }),
          ...(numbers.length > 0 && { numbers: [...numbers] }),
        },
        { signal },
      );
    },
    placeholderData: keepPreviousData,
  });

/** Which params matter; asked again now and then while runs complete, since no event tells. */
export const importanceQuery = (sweepId: string, isLive: boolean) =>
  queryOptions({
    queryKey: ["importance", sweepId],
    queryFn: ({ signal }) => client.sweeps.importance(sweepId, {}, { signal }),
    refetchInterval: isLive ? 30_000 : false,
  });

/** What a model of the runs expects along each param; learnt anew now and then, as importance is. */
export const dependenceQuery = (sweepId: string) =>
  queryOptions({
    queryKey: ["dependence", sweepId],
    queryFn: ({ signal }) => client.sweeps.partialDependence(sweepId, {}, { signal }),
  });

/** The same over the plane of two params. */
export const surrogateQuery = (sweepId: string, x: string, y: string) =>
  queryOptions({
    queryKey: ["surrogate", sweepId, x, y],
    queryFn: ({ signal }) => client.sweeps.surrogate(sweepId, { x, y }, { signal }),
  });

export const timelineQuery = (sweepId: string) =>
  queryOptions({
    queryKey: ["timeline", sweepId],
    queryFn: ({ signal }) => client.sweeps.timeline(sweepId, { signal }),
  });

export const paretoQuery = (sweepId: string) =>
  queryOptions({
    queryKey: ["pareto", sweepId],
    queryFn: ({ signal }) => client.sweeps.pareto(sweepId, {}, { signal }),
  });

export const runListQuery = (key: RunListKey) =>
  infiniteQueryOptions({
    queryKey: ["run-list", key],
    queryFn: ({ signal, pageParam }) => {
      const query: Partial<ListRuns> = { sort: key.sort, limit: RUNS_PAGE };
      if (key.sweepId !== undefined) query.sweepId = key.sweepId;
      if (key.filter !== "") query.filter = key.filter;
      if (pageParam !== null) query.cursor = pageParam;
      return client.runs.list(query, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** Some runs for the overview; which belong here changes with every run, so it asks again. */
export const overviewRunsQuery = (
  which: "running" | "ended" | "failed",
  sort: string,
  limit: number,
) =>
  queryOptions({
    queryKey: ["overview-runs", which, sort, limit],
    queryFn: ({ signal }) =>
      client.runs.list({ state: OVERVIEW_STATES[which], sort, limit }, { signal }),
    refetchInterval: 5000,
  });

const OVERVIEW_STATES: Record<"running" | "ended" | "failed", RunState[]> = {
  running: ["running"],
  ended: ["completed", "pruned", "diverged", "failed", "cancelled"],
  failed: ["failed", "diverged"],
};

/** Which run of a sweep failed last changes with every run, so it asks again. */
export const lastFailureQuery = (sweepId: string, isLive: boolean) =>
  queryOptions({
    queryKey: ["last-failure", sweepId],
    queryFn: ({ signal }) =>
      client.runs.list(
        { sweepId, state: OVERVIEW_STATES.failed, sort: "-endedAt", limit: 1 },
        { signal },
      ),
    refetchInterval: isLive ? 10_000 : false,
  });

export const keysQuery = () =>
  queryOptions({
    queryKey: ["keys"],
    queryFn: ({ signal }) => client.keys.list({ signal }),
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: ({ signal }) => client.runs.get(id, { signal }),
  });

export const runMetricsQuery = (id: string) =>
  queryOptions({
    queryKey: ["run-metrics", id],
    queryFn: ({ signal }) => client.runs.metrics(id, { signal }),
  });

export const runReportQuery = (id: string) =>
  queryOptions({
    queryKey: ["run-report", id],
    queryFn: ({ signal }) => client.runs.report(id, { signal }),
  });

export const runModelQuery = (id: string) =>
  queryOptions({
    queryKey: ["run-model", id],
    queryFn: ({ signal }) => client.runs.model(id, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Models that are done never change, nor does what they get right. */
export const mcnemarQuery = (a: string, b: string) =>
  queryOptions({
    queryKey: ["mcnemar", a, b],
    queryFn: ({ signal }) => client.runs.mcnemar(a, b, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Logs grow without an event that tells of it. */
export const runAttemptsQuery = (id: string, isLive: boolean) =>
  queryOptions({
    queryKey: ["run-attempts", id],
    queryFn: ({ signal }) => client.runs.attempts(id, { signal }),
    refetchInterval: isLive ? 3000 : false,
  });

export const runArtifactsQuery = (id: string) =>
  queryOptions({
    queryKey: ["run-artifacts", id],
    queryFn: ({ signal }) => client.runs.artifacts(id, { signal }),
  });

export const compareQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["compare", ids],
    queryFn: ({ signal }) => client.runs.compare(ids, { signal }),
    enabled: ids.length > 0,
  });

/** Queue depths change with every job, which no event tells. */
export const queueQuery = () =>
  queryOptions({
    queryKey: ["queue"],
    queryFn: ({ signal }) => client.queue.get({ signal }),
    refetchInterval: 5000,
  });

/** What waits and what is dead changes with every run; keys begin with the queue's, so one call renews all. */
export const waitingRunsQuery = () =>
  queryOptions({
    queryKey: ["queue", "waiting"],
    queryFn: ({ signal }) =>
      client.runs.list({ state: ["queued"], sort: "-priority", limit: 20 }, { signal }),
    refetchInterval: 5000,
  });

export const deadRunsQuery = () =>
  queryOptions({
    queryKey: ["queue", "dead"],
    queryFn: ({ signal }) =>
      client.runs.list({ state: ["failed"], sort: "-endedAt", limit: 20 }, { signal }),
    refetchInterval: 5000,
  });

export const queueHistoryQuery = (minutes: number) =>
  queryOptions({
    queryKey: ["queue", "history", minutes],
    queryFn: ({ signal }) => client.queue.history({ minutes }, { signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  });

export const workerLoadQuery = (minutes: number) =>
  queryOptions({
    queryKey: ["worker-load", minutes],
    queryFn: ({ signal }) => client.workers.load({ minutes }, { signal }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });

export const runLoadQuery = (id: string, isLive: boolean) =>
  queryOptions({
    queryKey: ["run-load", id],
    queryFn: ({ signal }) => client.runs.load(id, { signal }),
    refetchInterval: isLive ? 10_000 : false,
  });

export const workersQuery = () =>
  queryOptions({
    queryKey: ["workers"],
    queryFn: ({ signal }) => client.workers.list({ signal }),
  });

export const modelsQuery = () =>
  queryOptions({
    queryKey: ["models"],
    queryFn: ({ signal }) => client.models.list({ signal }),
  });

export const promotionsQuery = (model: string) =>
  queryOptions({
    queryKey: ["models", model, "promotions"],
    queryFn: ({ signal }) => client.models.promotions(model, {}, { signal }),
  });

export const batchesQuery = () =>
  infiniteQueryOptions({
    queryKey: ["batches"],
    queryFn: ({ signal, pageParam }) =>
      client.batches.list({ cursor: pageParam ?? undefined, limit: 100 }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The first of a batch's items that could not be read, of so many. */
export const unreadItemsQuery = (id: string, failed: number) =>
  queryOptions({
    queryKey: ["batch-unread", id, failed],
    queryFn: async ({ signal }) => {
      const items: BatchResult[] = [];
      const lines = client.batches.results(id, { failed: true, limit: 20 }, { signal });
      for await (const line of lines) items.push(line);
      return items;
    },
  });

export const webhooksQuery = () =>
  queryOptions({
    queryKey: ["webhooks"],
    queryFn: ({ signal }) => client.webhooks.list({ signal }),
  });

const PENDING_MS = 2_000;

/** No event tells of a delivery, so those under way are asked after. */
export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", id, "deliveries"],
    queryFn: ({ signal }) => client.webhooks.deliveries(id, { limit: 20 }, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((delivery) => delivery.state === "pending") ? PENDING_MS : false,
  });

export const exportsQuery = (runId: string) =>
  queryOptions({
    queryKey: ["run-exports", runId],
    queryFn: ({ signal }) => client.runs.exports(runId, { signal }),
  });

export const datasetVersionsQuery = (name: string, latest: number) =>
  queryOptions({
    queryKey: ["datasets", name, "versions", latest],
    queryFn: ({ signal }) => client.datasets.versions(name, { signal }),
  });

/** A version never changes. */
export const datasetQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ["dataset", name, version],
    queryFn: ({ signal }) => client.datasets.get(name, { version }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const datasetPreviewQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ["dataset-preview", name, version],
    queryFn: ({ signal }) => client.datasets.preview(name, { version }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Counts come without an event. */
const SERVING_MS = 10_000;

export const servingQuery = (model: string) =>
  queryOptions({
    queryKey: ["models", model, "serving"],
    queryFn: ({ signal }) => client.models.serving(model, {}, { signal }),
    refetchInterval: SERVING_MS,
  });

export const datasetsQuery = () =>
  queryOptions({
    queryKey: ["datasets"],
    queryFn: ({ signal }) => client.datasets.list({ signal }),
  });
