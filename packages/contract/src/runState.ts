import { z } from "zod";
import { AppError } from "./appError.js";

export const RunState = z.enum([
  "queued",
  "running",
  "paused",
  "completed",
  "pruned",
  "diverged",
  "failed",
  "cancelled",
]);
export type RunState = z.infer<typeof RunState>;

export const RunEvent = z.enum([
  "claim",
  "complete",
  "prune",
  "diverge",
  "fail",
  "cancel",
  "pause",
  "resume",
  "hand_back",
  "retry",
]);
export type RunEvent = z.infer<typeof RunEvent>;

/**
 * The life of a run, whole. What a row does not list cannot happen.
 * `claim` from running is the take-over of an expired lease; `hand_back` returns a run whose
 * lease was lost or whose worker stops; `diverge` is a result and is never retried.
 * docs/architecture.md draws this table.
 */
const TRANSITIONS: Record<RunState, Partial<Record<RunEvent, RunState>>> = {
  queued: { claim: "running", cancel: "cancelled", pause: "paused" },
  running: {
    claim: "running",
    complete: "completed",
    prune: "pruned",
    diverge: "diverged",
    fail: "failed",
    cancel: "cancelled",
    pause: "paused",
    hand_back: "queued",
  },
  // Of a run that waits at a rung and can be promoted no more.
  paused: { resume: "queued", cancel: "cancelled", prune: "pruned" },
  completed: {},
  pruned: {},
  diverged: {},
  failed: { retry: "queued" },
  cancelled: { retry: "queued" },
};

/** States that a run leaves only by somebody's `retry`. */
export const TERMINAL_STATES = ["completed", "pruned", "diverged", "failed", "cancelled"] as const;

export const isTerminal = (state: RunState): boolean =>
  (TERMINAL_STATES as readonly RunState[]).includes(state);

/** The states in which `event` may happen: the `where` of its compare-and-set. */
export const statesThatAllow = (event: RunEvent): RunState[] =>
  RunState.options.filter((state) => TRANSITIONS[state][event] !== undefined);

/** @throws {AppError} `conflict` if `event` cannot happen in `state`. */
export function nextRunState(state: RunState, event: RunEvent): RunState {
  const next = TRANSITIONS[state][event];
  if (next !== undefined) return next;
  const allowed = statesThatAllow(event).join(" or ");
  throw new AppError(
    "conflict",
    `cannot ${event.replace("_", " ")} a run that is ${state}: it must be ${allowed}`,
  );
}
