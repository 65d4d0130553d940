import { once } from "node:events";
import { AppError, type Id, type LiveEvent } from "@sweepyard/contract";
import { currentCursor } from "@sweepyard/db";
import type { Response } from "express";
import type { ApiDeps } from "./apiDeps.js";
import { authenticate } from "./auth.js";
import type { RouteContext } from "./routeHandlers.js";

export const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for this long is dropped; it resumes where it was. */
export const STUCK_MS = 30_000;

/**
 * Sends the project's events as they are committed, from Last-Event-ID on if that is given. Each
 * message's id is the place to go on from. Nothing is read ahead of what the reader takes, so a
 * slow one costs no memory. Ends with the caller, its key, or the server.
 */
export async function streamEvents(
  deps: ApiDeps,
  sweepId: Id | undefined,
  { auth, req, res, signal }: RouteContext,
): Promise<void> {
  const given = req.get("last-event-id");
  let cursor = given !== undefined && given !== "" ? given : await currentCursor(deps.db);
  // Read before the head is sent: a cursor that makes no sense is still a problem.
  let batch = await deps.events.after(auth.projectId, cursor);
  res.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
  });
  const write = (text: string) =>
    signal.aborted ? Promise.resolve() : writeTo(res, text, deps.stuckMs);
  await write(`retry: 1000\n${cursorMessage(cursor)}`);

  let beatAt = Date.now();
  while (!signal.aborted) {
    for (const { event, text } of batch.messages) if (concerns(event, sweepId)) await write(text);
    cursor = batch.cursor;
    if (!batch.more) await deps.hub.wait(auth.projectId, signal);
    if (Date.now() - beatAt >= deps.heartbeatMs) {
      beatAt = Date.now();
      await authenticate(req, deps.db); // a revoked key or an ended session ends the stream
      await write(cursorMessage(cursor));
    }
    if (!signal.aborted) batch = await deps.events.after(auth.projectId, cursor);
  }
  res.end();
}

/**
 * Where the stream stands although nothing happened, so that a reader resumes from there, and a
 * sign of life. It has a name of its own, which EventSource's onmessage does not hear.
 */
const cursorMessage = (cursor: string): string => `event: cursor\nid: ${cursor}\ndata:\n\n`;

/** Whether a reader that follows one sweep wants this event; without a sweep, all are wanted. */
function concerns(event: LiveEvent, sweepId: Id | undefined): boolean {
  if (sweepId === undefined) return true;
  switch (event.type) {
    case "run.changed":
      return event.run.sweepId === sweepId;
    case "run.epoch":
      return event.sweepId === sweepId;
    case "sweep.changed":
      return event.sweep.id === sweepId;
    case "worker.changed":
    case "batch.changed":
    case "model.changed":
    case "dataset.changed":
      return false;
    case "gap":
      return true;
  }
}

/** Waits while the reader is behind. @throws {AppError} `unavailable` if it stays so. */
async function writeTo(res: Response, text: string, stuckMs: number): Promise<void> {
  if (res.destroyed || res.write(text)) return;
  const settled = new AbortController();
  const timer = setTimeout(() => settled.abort(), stuckMs);
  const options = { signal: settled.signal };
  try {
    await Promise.race([once(res, "drain", options), once(res, "close", options)]);
  } catch (cause) {
    throw new AppError("unavailable", `the reader took nothing for ${stuckMs} ms`, { cause });
  } finally {
    clearTimeout(timer);
    settled.abort();
  }
}
