import type { LiveEvent, RunView, SweepView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { colorsFor } from "../format/colors.js";
import { renderSweepWatch } from "./renderSweepWatch.js";
import {
  applyToSweepWatch,
  isSweepOver,
  reloadSweepWatch,
  type SweepWatch,
  shareDone,
  startSweepWatch,
  timeLeftMs,
} from "./sweepWatch.js";

const at = "2026-01-01T00:00:00.000Z";
const nobody = {
  queued: 0,
  running: 0,
  paused: 0,
  completed: 0,
  pruned: 0,
  diverged: 0,
  failed: 0,
  cancelled: 0,
};

const sweep = (changes: Partial<SweepView> = {}): SweepView => ({
  id: "01900000-0000-7000-8000-000000000001",
  name: "rates",
  description: "",
  state: "running",
  stateReason: null,
  plan: {},
  space: {},
  sampler: { name: "grid" },
  pruner: { name: "none" },
  objective: { metric: "val_accuracy", direction: "maximize" },
  budget: {},
  plannedRuns: 4,
  warmStart: [],
  trainer: { kind: "engine" },
  objectives: [{ metric: "val_accuracy", direction: "maximize" }],
  constraints: [],
  repeats: 1,
  folds: null,
  forkedFrom: null,
  target: null,
  terminator: null,
  terminatorFigures: null,
  version: 1,
  parallelism: null,
  priority: 50,
  weight: 1,
  seed: 0,
  tags: [],
  promote: null,
  promotion: null,
  counts: { ...nobody, queued: 2, running: 1, completed: 1 },
  best: null,
  epochsDone: 0,
  epochsPlanned: 0,
  createdBy: "test",
  createdAt: at,
  startedAt: at,
  endedAt: null,
  updatedAt: at,
  ...changes,
});

const run = (number: number, changes: Partial<RunView> = {}): RunView => ({
  id: `01900000-0000-7000-8000-00000000001${number}`,
  sweepId: sweep().id,
  sweepName: "rates",
  number,
  name: `rates-${number}`,
  state: "running",
  stateReason: null,
  waitReason: null,
  params: { learning_rate: 3e-4 },
  samplerReason: null,
  trainer: "engine",
  point: null,
  repeat: null,
  fold: null,
  version: 1,
  plan: {} as RunView["plan"],
  engine: "onnx",
  attempt: 1,
  priority: 50,
  tags: [],
  note: "",
  excluded: null,
  epoch: 0,
  epochs: 10,
  objective: null,
  metrics: {},
  createdAt: at,
  queuedAt: at,
  startedAt: at,
  endedAt: null,
  trainMs: 0,
  workerName: null,
  slot: null,
  error: null,
  ...changes,
});

const changed = (of: RunView): LiveEvent => ({ type: "run.changed", run: of });
const epoch = (of: RunView, step: number, objective: number): LiveEvent => ({
  type: "run.epoch",
  runId: of.id,
  sweepId: of.sweepId,
  row: { step, at, values: {} },
  objective,
});

/** The watch after some events, and the lines told. */
function follow(watch: SweepWatch, ...events: LiveEvent[]) {
  const lines: string[] = [];
  let now = watch;
  for (const event of events) {
    const applied = applyToSweepWatch(now, event);
    now = applied.watch;
    if (applied.line !== null) lines.push(applied.line);
  }
  return { watch: now, lines };
}

test("each change of a run is told once, an epoch moves its bar", () => {
  const second = run(2);
  const { watch, lines } = follow(
    startSweepWatch(sweep(), [run(1)]),
    changed(run(2, { state: "queued" })),
    changed(second),
    changed({ ...second, epoch: 1 }),
    epoch(second, 3, 0.8),
    changed(run(1, { state: "completed", objective: 0.884_51, trainMs: 70_000 })),
  );
  expect(lines).toEqual([
    "#2 learning_rate=0.0003 training",
    "#1 learning_rate=0.0003 completed: val_accuracy 0.8845, 1 min 10 s",
  ]);
  expect([...watch.running.values()]).toMatchObject([{ number: 2, epoch: 3, objective: 0.8 }]);
});

test("a late epoch turns nothing back", () => {
  const first = run(1);
  const { watch } = follow(
    startSweepWatch(sweep(), [first]),
    epoch(first, 5, 0.9),
    epoch(first, 4, 0.1),
  );
  expect(watch.running.get(first.id)).toMatchObject({ epoch: 5, objective: 0.9 });
});

test("a failed run says why, another attempt which one it is", () => {
  const error = { code: "internal", message: "the trainer ended with signal SIGSEGV" };
  const { lines } = follow(
    startSweepWatch(sweep(), []),
    changed(run(1, { state: "failed", error })),
    changed(run(1, { attempt: 2 })),
    changed(run(3, { state: "pruned", stateReason: "below the median" })),
  );
  expect(lines).toEqual([
    "#1 learning_rate=0.0003 failed: the trainer ended with signal SIGSEGV",
    "#1 learning_rate=0.0003 training, attempt 2",
    "#3 learning_rate=0.0003 pruned: below the median",
  ]);
});

test("events of other sweeps change nothing", () => {
  const watch = startSweepWatch(sweep(), []);
  const other = "01900000-0000-7000-8000-0000000000ff";
  expect(applyToSweepWatch(watch, changed(run(1, { sweepId: other }))).watch).toBe(watch);
  expect(
    applyToSweepWatch(watch, {
      type: "sweep.changed",
      sweep: sweep({ id: other, state: "completed" }),
    }).watch,
  ).toBe(watch);
});

test("a reload does not tell again what was told", () => {
  const ended = run(1, { state: "completed" });
  const { watch } = follow(startSweepWatch(sweep(), [run(1)]), changed(ended));
  const reloaded = reloadSweepWatch(watch, sweep(), []);
  expect(applyToSweepWatch(reloaded, changed(ended)).line).toBeNull();
});

test("the share counts ended runs whole and others by their epochs", () => {
  const half = run(1, { epoch: 5 });
  expect(shareDone(startSweepWatch(sweep(), [half]))).toBe(1.5 / 4);
  expect(shareDone(startSweepWatch(sweep({ plannedRuns: null }), [half]))).toBeNull();
  expect(shareDone(startSweepWatch(sweep({ state: "completed" }), []))).toBe(1);
});

test("the time left goes by the pace since the first look", () => {
  const first = { atMs: 1000, share: 0.5 };
  expect(timeLeftMs(first, { atMs: 11_000, share: 0.75 })).toBe(10_000);
  expect(timeLeftMs(first, { atMs: 11_000, share: 0.5 })).toBeNull();
  expect(timeLeftMs(null, { atMs: 11_000, share: 0.5 })).toBeNull();
});

test("a sweep ends completed or cancelled, not paused", () => {
  const isOver = (state: SweepView["state"]) => isSweepOver(startSweepWatch(sweep({ state }), []));
  expect((["running", "paused", "completed", "cancelled"] as const).map(isOver)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("the drawing has a bar for the sweep and for each run that trains", () => {
  const best = {
    runId: run(3).id,
    number: 3,
    name: "rates-3",
    params: { learning_rate: 0.001 },
    metric: "val_accuracy",
    value: 0.9,
    point: null,
    test: { accuracy: 0.887, f1Macro: 0.886, loss: 0.4 },
  };
  const lines = renderSweepWatch(
    {
      watch: startSweepWatch(sweep({ best }), [
        run(2, { epoch: 5, objective: 0.88 }),
        run(1, { epoch: 1, objective: 0.7 }),
      ]),
      leftMs: 90_000,
      now: Date.parse(at) + 70_000,
      mostRuns: 1,
      isConnected: false,
    },
    colorsFor({ isTTY: false }, {}),
  );
  expect(lines).toEqual([
    "rates  running  1 min 10 s, about 1 min 30 s left",
    "█████████░░░░░░░░░░░░░░░ 40 %  1 of 4 runs ended (2 training, 2 queued)",
    "  █░░░░░░░░░░░    1/10  val_accuracy 0.7  #1 learning_rate=0.0003",
    "  … and 1 more",
    "best so far  #3 learning_rate=0.001  val_accuracy 0.9  test accuracy 0.887",
    "connection lost, trying again",
  ]);
});
