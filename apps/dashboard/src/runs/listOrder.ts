import type { RunView } from "@sweepyard/contract";
import { skipToken, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { runListQuery } from "../api/queries.js";

const KEY = ["list-order"];

/** Remembers the order of the list last looked at, which previous and next follow. */
export function useRememberOrder(runs: readonly RunView[]): void {
  const cache = useQueryClient();
  useEffect(() => {
    if (runs.length > 0)
      cache.setQueryData(
        KEY,
        runs.map((run) => run.id),
      );
  }, [cache, runs]);
}

/** A run's neighbours in the list it was opened from, else in its sweep by number. */
export function useNeighbours(run: RunView): {
  readonly previous: string | null;
  readonly next: string | null;
  readonly place: string | null;
} {
  const { data: remembered } = useQuery<readonly string[]>({
    queryKey: KEY,
    queryFn: skipToken, // only lists put it there
  });
  const isRemembered = remembered?.includes(run.id) === true;
  const list = useInfiniteQuery({
    ...runListQuery({ sweepId: run.sweepId ?? "", filter: "", sort: "number" }),
    enabled: !isRemembered && run.sweepId !== null,
  });
  const ids = isRemembered
    ? remembered
    : (list.data?.pages.flatMap((page) => page.items.map((item) => item.id)) ?? []);
  return neighbours(ids, run.id);
}

export function neighbours(ids: readonly string[], id: string) {
  const at = ids.indexOf(id);
  if (at < 0) return { previous: null, next: null, place: null };
  return {
    previous: ids[at - 1] ?? null,
    next: ids[at + 1] ?? null,
    place: `${at + 1} of ${ids.length}`,
  };
}
