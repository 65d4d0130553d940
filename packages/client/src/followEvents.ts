import { AppError, type LiveEvent } from "@sweepyard/contract";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { ApiError } from "./apiError.js";
import type { Transport } from "./transport.js";

export interface FollowOptions {
  /** Goes on after this event; absent: from now on. */
  readonly lastEventId?: string | undefined;
  /** Only what concerns this sweep and its runs. */
  readonly sweepId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called on every change; "waiting" is the time between a lost connection and the next try. */
  readonly onConnection?: ((state: "open" | "waiting") => void) | undefined;
}

export interface FollowedEvent {
  /** Give it as `lastEventId` to go on after this event. */
  readonly id: string;
  readonly event: LiveEvent;
}

/** The server sends at least a comment every 15 s; a connection this long silent is dead. */
const SILENCE_MS = 45_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Yields live events until `signal` aborts. A lost connection is made anew and goes on after the
 * last event yielded, so none is missed; after a "gap" event, fetch anew what is shown.
 * @throws {ApiError} what trying again would not cure, such as a key that is refused.
 */
export async function* followEvents(
  transport: Transport,
  options: FollowOptions = {},
): AsyncGenerator<FollowedEvent, void, undefined> {
  const { sweepId, signal, onConnection } = options;
  let lastEventId = options.lastEventId;
  let waitMs = FIRST_WAIT_MS;
  const isOver = () => signal?.aborted === true;
  while (!isOver()) {
    const connection = new AbortController();
    const stop = () => connection.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const response = await transport.send(
        "events.stream",
        { query: { sweepId } },
        {
          signal: connection.signal,
          headers: {
            accept: "text/event-stream",
            ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
          },
        },
      );
      onConnection?.("open");
      for await (const { id, data } of readMessages(response, connection)) {
        waitMs = FIRST_WAIT_MS;
        if (id !== undefined) lastEventId = id;
        if (data === "") continue; // a "cursor" message: only says where the stream stands
        yield { id: lastEventId ?? "", event: JSON.parse(data) as LiveEvent };
      }
    } catch (error) {
      if (isOver()) return;
      if (isFinal(error)) throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      connection.abort();
    }
    if (isOver()) return;
    onConnection?.("waiting");
    await wait(waitMs * (0.75 + Math.random() / 2), signal);
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}

const isFinal = (error: unknown): boolean =>
  (error instanceof ApiError && error.status < 500 && error.status !== 429) ||
  error instanceof SyntaxError ||
  (error instanceof AppError && error.code !== "unavailable" && error.code !== "internal");

async function* readMessages(
  response: Response,
  connection: AbortController,
): AsyncGenerator<EventSourceMessage> {
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => arrived.push(message) });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    while (true) {
      const silence = setTimeout(() => connection.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* arrived.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // already errored: nothing to cancel
  }
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
