import type { Client } from "@sweepyard/client";

/** What a subscriber of GET /events has been told so far. */
export interface SeenEvents {
  readonly states: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, ReadonlySet<number>>;
  readonly gaps: number;
}

export interface Subscriber extends SeenEvents {
  end(): Promise<void>;
}

/** Listens as a dashboard does, over every reconnection, from now on. */
export function subscribe(client: Client): Subscriber {
  const states = new Map<string, string>();
  const steps = new Map<string, Set<number>>();
  const controller = new AbortController();
  let gaps = 0;
  const done = (async () => {
    for await (const { event } of client.events({ signal: controller.signal })) {
      if (event.type === "gap") gaps += 1;
      if (event.type === "run.changed") states.set(event.run.id, event.run.state);
      if (event.type !== "run.epoch") continue;
      const heard = steps.get(event.runId) ?? new Set();
      steps.set(event.runId, heard.add(event.row.step));
    }
  })();
  return {
    states,
    steps,
    get gaps() {
      return gaps;
    },
    async end() {
      controller.abort();
      await done;
    },
  };
}
