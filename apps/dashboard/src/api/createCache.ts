import { ApiError } from "@sweepyard/client";
import { QueryCache, QueryClient } from "@tanstack/react-query";

/** Answers stay fresh by live events, so looking at a page again asks nothing again. */
export function createCache(): QueryClient {
  const cache: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session has ended: asking who we are shows the sign-in page.
        if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== "me")
          void cache.invalidateQueries({ queryKey: ["me"] });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
  return cache;
}
