import type { QueryClient } from "@tanstack/react-query";
import { curveBandsQuery, runListQuery, runSetQuery, sweepQuery } from "../api/queries.js";
import { explainFilter } from "../runs/explainFilter.js";
import type { SweepSearch } from "../search.js";
import { curvesAsked, rowsAsked } from "./sweepQuestions.js";

/**
 * Asks what a sweep's page is about to ask, while its code is being fetched: the answers wait for
 * the page and not the page for them. What fails here the page asks again, and says so.
 */
export async function preloadSweep(
  cache: QueryClient,
  id: string,
  search: SweepSearch,
): Promise<void> {
  const all = cache.prefetchQuery(runSetQuery(id));
  const sweep = await cache.fetchQuery(sweepQuery(id)).catch(() => null);
  if (sweep === null) return;
  const isReadable = explainFilter(search.filter ?? "") === null;
  await Promise.all([
    all,
    cache.prefetchQuery(curveBandsQuery(id, curvesAsked(sweep, search, []))),
    ...(isReadable ? [cache.prefetchInfiniteQuery(runListQuery(rowsAsked(sweep, search)))] : []),
  ]);
}
