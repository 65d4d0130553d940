import { newId } from "@sweepyard/contract";
import { pino } from "pino";
import { expect, test } from "vitest";
import { type BeatAnswer, OwnedRuns } from "./ownedRuns.js";

const logger = pino({ level: "silent" });

type Beat = (runs: readonly { runId: string; attempt: number }[]) => Promise<BeatAnswer[]>;

function open(beat: Beat, leaseMs = 10_000) {
  const owned = new OwnedRuns({ leaseMs, logger, beat });
  return { owned, run: owned.hold(newId(), 1, performance.now()) };
}

const answering =
  (answer: Partial<BeatAnswer>): Beat =>
  async (runs) =>
    runs.map(({ runId }) => ({ runId, owned: true, command: null, ...answer }));

test("a heartbeat that finds the run ours renews the lease", async () => {
  const { owned, run } = open(answering({}));
  const before = run.renewedAt;
  await owned.beat();
  expect(run.renewedAt).toBeGreaterThan(before);
  expect(run.signal.aborted).toBe(false);
});

test.each([
  [{ command: "cancel" } as const, "cancelled"],
  [{ command: "pause" } as const, "paused"],
  [{ owned: false }, "lost"],
])("%o stops the run as %s", async (answer, kind) => {
  const { owned, run } = open(answering(answer));
  await owned.beat();
  expect(run.signal.aborted).toBe(true);
  expect(run.reason?.kind).toBe(kind);
});

test("a failing heartbeat loses the run once the lease has run out, not before", async () => {
  const { owned, run } = open(async () => {
    throw new Error("no database");
  });
  await owned.beat();
  expect(run.reason).toBeUndefined();
  expect(owned.hadTrouble(10_000)).toBe(true);
  run.renewedAt -= 10_001;
  await owned.beat();
  expect(run.reason?.kind).toBe("lost");
});

test("a heartbeat that never answers counts as failed", async () => {
  const { owned, run } = open(() => new Promise(() => {}), 100);
  run.renewedAt -= 100;
  await owned.beat();
  expect(run.reason?.kind).toBe("lost");
});

test("a lost lease outdoes the wish to hand the run back", async () => {
  const { owned, run } = open(answering({ owned: false }));
  owned.stopAll();
  expect(run.reason?.kind).toBe("worker_stops");
  await owned.beat();
  expect(run.reason?.kind).toBe("lost");
  expect(owned.hold(newId(), 1, performance.now()).reason?.kind).toBe("worker_stops");
});

test("the answer for a run that ended meanwhile stops nothing", async () => {
  const { owned, run } = open(async (runs) => {
    owned.release(run);
    return answering({ owned: false })(runs);
  });
  await owned.beat();
  expect(run.reason).toBeUndefined();
});
