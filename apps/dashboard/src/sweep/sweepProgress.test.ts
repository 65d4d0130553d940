import { type RunCounts, RunState, type SweepView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { endedText, sweepProgress } from "./sweepProgress.js";

const startedAt = "2026-11-23T12:00:00Z";
const now = Date.parse("2026-11-23T12:01:00Z");

const NONE = Object.fromEntries(RunState.options.map((state) => [state, 0])) as RunCounts;

const sweep = ({
  counts = {},
  ...overrides
}: Partial<Omit<SweepView, "counts">> & { counts?: Partial<RunCounts> }) =>
  ({
    state: "running",
    counts: { ...NONE, ...counts },
    plan: { epochs: 15 },
    plannedRuns: 9,
    epochsDone: 0,
    epochsPlanned: 0,
    startedAt,
    endedAt: null,
    ...overrides,
  }) as SweepView;

test("a third of the epochs in one minute leaves two", () => {
  const progress = sweepProgress(
    sweep({ counts: { completed: 2, running: 2, queued: 5 }, epochsDone: 45, epochsPlanned: 135 }),
    now,
  );
  expect(progress).toMatchObject({ created: 9, done: 2, planned: 9, elapsedMs: 60_000 });
  expect(progress.share).toBeCloseTo(1 / 3);
  expect(progress.leftMs).toBeCloseTo(120_000);
});

test("runs not made yet count too, with the epochs of the plan", () => {
  const early = { plannedRuns: 100, counts: { running: 4 }, epochsDone: 30, epochsPlanned: 60 };
  const known = sweepProgress(sweep(early), now);
  expect([known.epochs, known.share]).toEqual([1500, 0.02]);

  // A pruned run ended after 3 epochs: those to come are still taken to be whole.
  const later = { plannedRuns: 8, counts: { pruned: 1, running: 1 }, epochsPlanned: 18 };
  expect(sweepProgress(sweep(later), now).epochs).toBe(18 + 6 * 15);

  const unsaid = sweepProgress(sweep({ ...early, plan: {} }), now);
  expect([unsaid.epochs, unsaid.share]).toEqual([1500, 0.02]);
});

test("a cancelled sweep is no share of anything: its runs are told by state", () => {
  const cancelled = sweep({
    state: "cancelled",
    plannedRuns: 10,
    counts: { completed: 3, cancelled: 7 },
    epochsDone: 61,
    epochsPlanned: 61,
    endedAt: "2026-11-23T12:00:30Z",
  });
  const progress = sweepProgress(cancelled, now);
  expect(progress).toMatchObject({ share: null, epochs: null, leftMs: null, isCancelled: true });
  expect(endedText(progress)).toBe("10 runs: 3 completed, 7 cancelled");
});

test("pruned runs are done although their epochs are not", () => {
  const { share } = sweepProgress(
    sweep({
      plannedRuns: 10,
      counts: { pruned: 8, completed: 1 },
      epochsDone: 20,
      epochsPlanned: 135,
    }),
    now,
  );
  expect(share).toBeCloseTo(0.9);
});

test("before the first epochs, paused, or without a plan, nobody can tell", () => {
  const none = [
    sweep({ counts: { running: 1 }, epochsDone: 0, epochsPlanned: 15 }),
    sweep({ state: "paused", counts: { completed: 5 } }),
    sweep({ plannedRuns: null, counts: { completed: 5 } }),
    sweep({ startedAt: null }),
  ];
  for (const each of none) expect(sweepProgress(each, now).leftMs).toBeNull();
});

test("a completed sweep is whole and its time stands still", () => {
  const progress = sweepProgress(
    sweep({ state: "completed", counts: { completed: 9 }, endedAt: "2026-11-23T12:00:30Z" }),
    now + 999_999,
  );
  expect(progress).toMatchObject({ share: 1, elapsedMs: 30_000, leftMs: null });
});
