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

const AT_ITS_NEXT_EPOCH: Partial<Record<RunAction, string>> = {
  cancel: "ends as cancelled",
  pause: "is paused",
};

/** A running run obeys at the end of an epoch; until then it would look as if nothing had happened. */
function tellWhenObeyed(action: RunAction, running: number): void {
  const what = AT_ITS_NEXT_EPOCH[action];
  if (what === undefined || running === 0) return;
  notifications.show({
    title: `${action === "cancel" ? "Cancel" : "Pause"} asked`,
    message:
      running === 1
        ? `The run in training ${what} when its present epoch ends.`
        : `Each of the ${running} runs in training ${what} when its present epoch ends.`,
  });
}

/** Acts on a run; the answer is shown at once, the rest follows by events. */
export function useRunAction(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (action: RunAction) => client.runs[action](id),
    onSuccess: (run, action) => {
      showRun(cache, run);
      tellWhenObeyed(action, run.state === "running" ? 1 : 0);
    },
    onError: (error, action) => reportFailure(`To ${action} the run`)(error),
  });
}

/** The same action on several runs, one after the other; says how many it worked for. */
export function useRunsAction() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, action }: { ids: readonly string[]; action: RunAction }) => {
      const refused: string[] = [];
      let running = 0;
      for (const id of ids)
        await client.runs[action](id).then(
          (run) => {
            showRun(cache, run);
            if (run.state === "running") running++;
          },
          (error: Error) => refused.push(error.message),
        );
      return { done: ids.length - refused.length, refused, running };
    },
    onSuccess: ({ done, refused, running }, { action }) => {
      tellWhenObeyed(action, running);
      if (refused.length === 0) return;
      notifications.show({
        color: "orange",
        title: `${action}: ${done} done, ${refused.length} refused`,
        message: refused[0],
      });
    },
  });
}

/** Takes runs out of every judgement for one reason. */
export function useExcludeRuns() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, reason }: { ids: readonly string[]; reason: string }) => {
      for (const id of ids) showRun(cache, await client.runs.patch(id, { excluded: reason }));
    },
    onError: reportFailure("To exclude the runs"),
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
    onSuccess: (sweep: SweepView, action) => {
      applyEvents(cache, [{ type: "sweep.changed", sweep }]);
      tellWhenObeyed(action, sweep.counts.running);
    },
    onError: (error, action) => reportFailure(`To ${action} the sweep`)(error),
  });
}
