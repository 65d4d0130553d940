import type { Client } from "@sweepyard/client";
import { AppError, type LiveEvent } from "@sweepyard/contract";

export interface LiveSource {
  readonly client: Client;
  /** Only this sweep's events; absent: the whole project's. */
  readonly sweepId?: string | undefined;
  readonly signal: AbortSignal;
  /** Fetches what is watched; called first, and again whenever events may have been missed. */
  load(): Promise<void>;
  /** Takes an event in; true asks for a `load` soon, since the event tells only a part. */
  apply(event: LiveEvent): boolean;
  isOver(): boolean;
  onConnection(state: "open" | "waiting"): void;
}

const BETWEEN_LOADS_MS = 1000;

/**
 * Follows a server until `isOver`. Each load begins after the stream is open and each event that
 * arrives meanwhile is applied after it, so nothing is missed and nothing old overwrites.
 * @throws what `load` throws at first; later an unreachable server is waited for.
 */
export async function followLive(source: LiveSource): Promise<void> {
  await source.load();
  if (source.isOver()) return;

  const over = new AbortController();
  let failure: unknown;
  let timer: NodeJS.Timeout | undefined;
  let loaded: Promise<void> = Promise.resolve();

  const load = async () => {
    try {
      await source.load();
      if (source.isOver()) over.abort();
    } catch (error) {
      if (isUnreachable(error)) loadSoon();
      else {
        failure = error;
        over.abort();
      }
    }
  };
  const loadNow = () => {
    loaded = loaded.then(load);
  };
  const loadSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      loadNow();
    }, BETWEEN_LOADS_MS);
  };

  try {
    const events = source.client.events({
      sweepId: source.sweepId,
      signal: AbortSignal.any([source.signal, over.signal]),
      onConnection(state) {
        source.onConnection(state);
        if (state === "open") loadNow();
      },
    });
    for await (const { event } of events) {
      await loaded;
      if (event.type === "gap") loadNow();
      else if (source.apply(event)) loadSoon();
      if (source.isOver()) break;
    }
  } finally {
    over.abort();
    clearTimeout(timer);
    await loaded;
  }
  source.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof AppError && error.code === "unavailable";
