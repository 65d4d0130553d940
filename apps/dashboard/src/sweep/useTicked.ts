import type { RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client } from "../api/client.js";

/** What ticks and a list of runs have in common: the runs that are ticked, fetched if need be. */
export function useTicked(ids: readonly string[], loaded: readonly RunView[]): readonly RunView[] {
  const known = useMemo(() => new Map(loaded.map((run) => [run.id, run])), [loaded]);
  const missing = ids.filter((id) => !known.has(id));
  const { data } = useQuery({
    queryKey: ["ticked", missing],
    queryFn: ({ signal }) => Promise.all(missing.map((id) => client.runs.get(id, { signal }))),
    enabled: missing.length > 0,
  });
  return useMemo(() => {
    const all = new Map([...(data ?? []).map((run) => [run.id, run] as const), ...known]);
    return ids.flatMap((id) => all.get(id) ?? []);
  }, [ids, data, known]);
}
