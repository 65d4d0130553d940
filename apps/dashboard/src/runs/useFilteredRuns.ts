import { ApiError } from "@sweepyard/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type RunListKey, runListQuery } from "../api/queries.js";
import { explainFilter } from "./explainFilter.js";

/**
 * Runs that fit a filter, by the server's word. A filter that can't be read hides no run: the
 * list is then all runs, and `refusal` says why.
 */
export function useFilteredRuns(key: RunListKey, enabled = true) {
  const isReadable = explainFilter(key.filter) === null;
  const asked = useInfiniteQuery({ ...runListQuery(key), enabled: enabled && isReadable });
  const isRefused = key.filter !== "" && (!isReadable || isOurMistake(asked.error));
  const all = useInfiniteQuery({
    ...runListQuery({ ...key, filter: "" }),
    enabled: enabled && isRefused,
  });
  return {
    query: isRefused ? all : asked,
    isRefused,
    refusal: isRefused ? asked.error : null,
  };
}

const isOurMistake = (error: Error | null) =>
  error instanceof ApiError && (error.status === 400 || error.status === 422);
