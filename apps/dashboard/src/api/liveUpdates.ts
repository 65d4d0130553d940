import type { Client } from "@sweepyard/client";
import type { LiveEvent } from "@sweepyard/contract";
import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { applyEvents } from "./applyEvents.js";

export interface LiveStatus {
  readonly state: "connecting" | "live" | "reconnecting" | "ended";
  /** When the data shown was last known to be complete, in ms of the epoch. */
  readonly asOf: number;
}

/** Events are gathered this long, so that a burst costs one drawing and not hundreds. */
const BATCH_MS = 150;

/**
 * Keeps the cache up to date by one subscription. Reads as an external store:
 * `subscribe` and `getStatus` are what useSyncExternalStore wants.
 */
export class LiveUpdates {
  readonly #client: Client;
  readonly #cache: QueryClient;
  readonly #listeners = new Set<() => void>();
  #status: LiveStatus = { state: "connecting", asOf: Date.now() };
  #waiting: LiveEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client, cache: QueryClient) {
    this.#client = client;
    this.#cache = cache;
  }

  /** Follows until `signal` aborts, or until the server refuses, as it does after log-out. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      const events = this.#client.events({
        signal,
        onConnection: (state) => this.#connected(state === "open"),
      });
      for await (const { event } of events) this.#take(event);
    } catch {
      if (!signal.aborted) this.#set("ended");
      // A key that no longer counts: the next request is refused too, and shows the log-in page.
      await this.#cache.invalidateQueries({ queryKey: ["me"] }, { cancelRefetch: false });
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getStatus = (): LiveStatus => this.#status;

  /** Fulfilled once the stream stands, or will not: answers asked for from then on miss no change. */
  settled(): Promise<LiveStatus["state"]> {
    return new Promise((fulfil) => {
      const look = () => {
        if (this.#status.state === "connecting") return;
        unsubscribe();
        fulfil(this.#status.state);
      };
      const unsubscribe = this.subscribe(look);
      look();
    });
  }

  #connected(open: boolean): void {
    if (!open) {
      this.#set("reconnecting");
      return;
    }
    const wasLost = this.#status.state === "reconnecting";
    this.#set("live");
    // Queries that no event tells of, and answers that failed meanwhile, catch up once.
    if (wasLost) void this.#cache.invalidateQueries();
  }

  #set(state: LiveStatus["state"]): void {
    const asOf = state === "live" || this.#status.state === "live" ? Date.now() : this.#status.asOf;
    this.#status = { state, asOf };
    for (const listener of this.#listeners) listener();
  }

  #take(event: LiveEvent): void {
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const batch = this.#waiting;
      this.#waiting = [];
      notifyManager.batch(() => applyEvents(this.#cache, batch));
    }, BATCH_MS);
  }
}
