import { describe, expect, test } from "vitest";
import { AppError } from "./appError.js";
import {
  isTerminal,
  nextRunState,
  RunEvent,
  RunState,
  statesThatAllow,
  TERMINAL_STATES,
} from "./runState.js";

/** Written down a second time, from the words of the design, so that a slip in the table shows. */
const LIFE = [
  "queued claim running",
  "queued cancel cancelled",
  "queued pause paused",
  "running claim running",
  "running complete completed",
  "running prune pruned",
  "running diverge diverged",
  "running fail failed",
  "running cancel cancelled",
  "running pause paused",
  "running hand_back queued",
  "paused resume queued",
  "paused cancel cancelled",
  "paused prune pruned",
  "failed retry queued",
  "cancelled retry queued",
];

describe("the run's state table", () => {
  test("allows what the design says, and nothing else", () => {
    const allowed = RunState.options.flatMap((state) =>
      RunEvent.options.flatMap((event) => {
        try {
          return [`${state} ${event} ${nextRunState(state, event)}`];
        } catch (error) {
          expect(error).toMatchObject({ name: "AppError", code: "conflict" });
          return [];
        }
      }),
    );
    expect(allowed.sort()).toEqual(LIFE.toSorted());
  });

  test("a refusal says what state would be right", () => {
    expect(() => nextRunState("completed", "retry")).toThrow(AppError);
    expect(() => nextRunState("completed", "retry")).toThrow(
      "cannot retry a run that is completed: it must be failed or cancelled",
    );
  });

  test("statesThatAllow is the inverse of the table", () => {
    expect(statesThatAllow("claim")).toEqual(["queued", "running"]);
    expect(statesThatAllow("resume")).toEqual(["paused"]);
  });

  test("every state is reached, and terminal ones are left only by retry", () => {
    const reached = new Set(LIFE.map((line) => line.split(" ")[2]));
    expect([...reached].sort()).toEqual(RunState.options.toSorted());
    for (const state of RunState.options) {
      const events = LIFE.filter((line) => line.startsWith(`${state} `)).map(
        (l) => l.split(" ")[1],
      );
      expect(isTerminal(state)).toBe(events.every((event) => event === "retry"));
      expect(isTerminal(state)).toBe((TERMINAL_STATES as readonly string[]).includes(state));
    }
  });
});
