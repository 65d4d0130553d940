import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@sweepyard/client";
import type { Id } from "@sweepyard/contract";
import { percentile } from "./percentiles.js";

export interface DashboardsMeasured {
  readonly dashboards: number;
  readonly events: number;
  /** Messages that arrived, of `dashboards * events`. */
  readonly arrived: number;
  /** From just before the request that makes the change until a dashboard has it, in ms. */
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

const EVERY_MS = 100;
const PATIENCE_MS = 30_000;

/**
 * Many subscribers of the event stream at one time, while a run's note changes ten times a second:
 * how late each one hears of each change.
 */
export async function measureDashboards(
  { url, key }: { readonly url: string; readonly key: string },
  runId: Id,
  { dashboards, events }: { readonly dashboards: number; readonly events: number },
): Promise<DashboardsMeasured> {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const client = createClient({ baseUrl: url, apiKey: key });
  const sentAt = new Map<string, number>();
  const late: number[] = [];
  const opened: Promise<void>[] = [];
  const following: Promise<unknown>[] = [];
  for (let i = 0; i < dashboards; i++) {
    const { open, done } = follow(client, stopping.signal, (note) => {
      const sent = sentAt.get(note);
      if (sent !== undefined) late.push(performance.now() - sent);
    });
    opened.push(open);
    following.push(done);
  }
  await Promise.all(opened);
  for (let i = 0; i < events; i++) {
    const note = `note ${i}`;
    sentAt.set(note, performance.now());
    await client.runs.patch(runId, { note });
    await sleep(EVERY_MS);
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (late.length < dashboards * events && performance.now() < deadline) await sleep(50);
  stopping.abort();
  await Promise.allSettled(following);
  return {
    dashboards,
    events,
    arrived: late.length,
    p50: percentile(late, 0.5),
    p95: percentile(late, 0.95),
    max: percentile(late, 1),
  };
}

function follow(client: Client, signal: AbortSignal, heard: (note: string) => void) {
  let isOpen = () => {};
  const open = new Promise<void>((resolve) => {
    isOpen = resolve;
  });
  const onConnection = (state: string) => {
    if (state === "open") isOpen();
  };
  const done = (async () => {
    for await (const { event } of client.events({ signal, onConnection }))
      if (event.type === "run.changed") heard(event.run.note);
  })();
  return { open, done };
}
