import { type RunCounts, RunState, type SweepView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { sweepProgress } from "./sweepProgress.js";

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

test("runs not made yet count too", () => {
  const { share } = sweepProgress(
    sweep({ plannedRuns: 100, counts: { running: 4 }, epochsDone: 30, epochsPlanned: 60 }),
    now,
  );
  expect(share).toBeCloseTo(0.02);
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
