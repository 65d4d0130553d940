import { notifications } from "@mantine/notifications";
import type { RunView, SweepView } from "@sweepyard/contract";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { applyEvents } from "./applyEvents.js";
import { client } from "./client.js";

/** Says in a corner that something asked for did not happen, and why. */
export function reportFailure(what: string) {
  return (error: Error) =>
    notifications.show({ color: "red", title: `${what} failed`, message: error.message });
}

export type RunAction = "cancel" | "pause" | "resume" | "retry";
export type SweepAction = "cancel" | "pause" | "resume";

const showRun = (cache: QueryClient, run: RunView) =>
  applyEvents(cache, [{ type: "run.changed", run }]);

/** Acts on a run; the answer is shown at once, the rest follows by events. */
export function useRunAction(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: RunAction) => client.runs[action](id),
    onSuccess: (run) => showRun(cache, run),
    onError: (error, action) => reportFailure(`To ${action} the run`)(error),
  });
}

/** The same action on several runs, one after the other; says how many it worked for. */
export function useRunsAction() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, action }: { ids: readonly string[]; action: RunAction }) => {
      const refused: string[] = [];
      for (const id of ids)
        await client.runs[action](id).then(
          (run) => showRun(cache, run),
          (error: Error) => refused.push(error.message),
        );
      return { done: ids.length - refused.length, refused };
    },
    onSuccess: ({ done, refused }, { action }) => {
      if (refused.length === 0) return;
      notifications.show({
        color: "orange",
        title: `${action}: ${done} done, ${refused.length} refused`,
        message: refused[0],
      });
    },
  });
}

export function usePatchRun(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (patch: { note?: string; tags?: string[]; excluded?: string | null }) =>
      client.runs.patch(id, patch),
    onSuccess: (run) => showRun(cache, run),
    onError: reportFailure("The change"),
  });
}

export function useSweepAction(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: SweepAction) => client.sweeps[action](id),
    onSuccess: (sweep: SweepView) => applyEvents(cache, [{ type: "sweep.changed", sweep }]),
    onError: (error, action) => reportFailure(`To ${action} the sweep`)(error),
  });
}
