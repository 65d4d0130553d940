import type { Id, LiveEvent } from "@sweepyard/contract";
import { type Db, type EventBatch, readEvents } from "@sweepyard/db";

const AT_ONCE = 200;

export interface EventMessage {
  readonly event: LiveEvent;
  /** As it goes over the wire. */
  readonly text: string;
}

export interface MessageBatch {
  readonly messages: readonly EventMessage[];
  /** Where to go on from, even if there is no message. */
  readonly cursor: string;
  /** True if there is more: read on at once. */
  readonly more: boolean;
}

/**
 * Reads events once for all streams that stand at the same place at the same moment, and writes
 * each one out once. Five hundred dashboards that keep up cost the database what one does; one
 * that lags behind reads for itself.
 */
export class SharedEvents {
  readonly #read: (projectId: Id, cursor: string) => Promise<EventBatch>;
  readonly #reading = new Map<string, Promise<MessageBatch>>();

  constructor(read: (projectId: Id, cursor: string) => Promise<EventBatch>) {
    this.#read = read;
  }

  /** @throws what the read throws, for each of those who share it. */
  after(projectId: Id, cursor: string): Promise<MessageBatch> {
    const key = `${projectId} ${cursor}`;
    const shared = this.#reading.get(key);
    if (shared !== undefined) return shared;
    const reading = this.#read(projectId, cursor)
      .then(toMessages)
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }
}

export const shareEvents = (db: Db): SharedEvents =>
  new SharedEvents((projectId, cursor) => readEvents(db, projectId, cursor, AT_ONCE));

const toMessages = ({ events, cursor, more }: EventBatch): MessageBatch => ({
  messages: events.map(({ cursor: id, event }) => ({
    event,
    text: `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`,
  })),
  cursor,
  more,
});
