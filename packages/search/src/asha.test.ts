import { expect, test } from "vitest";
import {
  createPromotionPruner,
  createStoppingAshaPruner,
  promotions,
  type RungRun,
  rungEpoch,
} from "./asha.js";
import type { PruneSettings, RunCurve } from "./pruner.js";

const options = { min_resource: 1, reduction_factor: 3, min_early_stopping_rate: 0 };
const settings: PruneSettings = { direction: "maximize" };

/** A run that has just finished epoch `epoch` with `value`, having passed `rungs` before. */
const reporting = (epoch: number, value: number, rungs: number[] = []): RunCurve => ({
  number: 100,
  state: "running",
  value: null,
  points: Array.from({ length: epoch }, (_, step) => ({ step, value })),
  rungs,
});
const at = (number: number, ...rungs: number[]): RunCurve => ({
  number,
  state: "paused",
  value: null,
  points: [],
  rungs,
});

test("rungs are at 1, 3, 9 and 27 epochs, and later with an early-stopping rate", () => {
  expect([0, 1, 2, 3].map((rung) => rungEpoch(rung, options))).toEqual([1, 3, 9, 27]);
  expect(rungEpoch(0, { ...options, min_early_stopping_rate: 2 })).toBe(9);
});

test("pauses a run that is not among the best third of its rung, and says its place", () => {
  const others = [at(1, 0.9), at(2, 0.8), at(3, 0.3), at(4, 0.2), at(5, 0.1)];
  const decision = createPromotionPruner(options).shouldPrune(reporting(1, 0.5), others, settings);
  expect(decision).toMatchObject({ prune: false, pause: { rung: 0 }, rungs: [0.5] });
  expect(decision.reason.why).toBe("3rd of 6 with 0.5, and the best 2 go on");
});

test("lets a run go on that is, and one between rungs", () => {
  const pruner = createPromotionPruner(options);
  const others = [at(1, 0.9), at(2, 0.3)];
  const winner = pruner.shouldPrune(reporting(1, 0.95), others, settings);
  expect(winner).toMatchObject({ prune: false, rungs: [0.95] });
  expect(winner.pause).toBeUndefined();
  const between = pruner.shouldPrune(reporting(2, 0.1, [0.95]), others, settings);
  expect(between.pause).toBeUndefined();
  expect(between.rungs).toEqual([0.95]);
});

test("stops a run whose value at a rung is no number: it could never be promoted", () => {
  const pruner = createPromotionPruner(options);
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY])
    expect(pruner.shouldPrune(reporting(1, value), [], settings)).toMatchObject({
      prune: true,
      rungs: [],
    });
});

const waiting = (number: number, ...rungs: number[]): RungRun => ({
  number,
  rungs,
  pausedAtRung: rungs.length - 1,
});

test("promotes from the highest rung first, the best of a rung first", () => {
  const runs = [
    ...[0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((value, index) => waiting(index, value)),
    waiting(10, 0.9, 0.7),
    waiting(11, 0.9, 0.8),
    waiting(12, 0.9, 0.6),
  ];
  expect(promotions(runs, options, settings)).toEqual([
    expect.objectContaining({ number: 11, rung: 1, untilEpoch: 9 }),
    // The third of nine at rung 0 is taken by those who have passed it.
  ]);
  expect(promotions(runs.slice(0, 6), options, settings).map(({ number }) => number)).toEqual([
    5, 4,
  ]);
});

test("promotes nobody before a rung has enough runs, unless it is the last chance", () => {
  const runs = [waiting(1, 0.4), waiting(2, 0.5)];
  expect(promotions(runs, options, settings)).toEqual([]);
  expect(promotions(runs, options, settings, { lastChance: true })).toMatchObject([
    { number: 2, rung: 0, untilEpoch: 3 },
  ]);
  expect(promotions(runs, options, { direction: "minimize" }, { lastChance: true })).toMatchObject([
    { number: 1 },
  ]);
});

test("passes over excluded runs, and runs that a person has paused", () => {
  const excluded = { ...waiting(1, 0.9), excluded: true };
  const byHand: RungRun = { number: 2, rungs: [0.8], pausedAtRung: null };
  const runs = [excluded, byHand, waiting(3, 0.7), waiting(4, 0.1)];
  expect(promotions(runs, options, settings)).toEqual([]);
  expect(promotions([...runs, waiting(5, 0.85)], options, settings)).toMatchObject([{ number: 5 }]);
});

test("equal values go on in the order of their numbers, whatever the order of rows", () => {
  const runs = [3, 1, 2].map((number) => waiting(number, 0.5));
  expect(promotions(runs, options, settings)).toMatchObject([{ number: 1 }]);
  expect(promotions(runs.toReversed(), options, settings)).toMatchObject([{ number: 1 }]);
});

test("the stopping form counts epochs: rung 0 is at the first report", () => {
  const decision = createStoppingAshaPruner(options).shouldPrune(
    reporting(1, 0.2),
    [at(1, 0.9)],
    settings,
  );
  expect(decision).toMatchObject({ prune: true, rungs: [0.2], reason: { pruner: "asha" } });
  expect(decision.reason.why).toBe("0.2 at rung 0 (epoch 1) is place 2 of 2; 0.9 was needed");
});

test("a winner waits where the budget has no epochs for it, and goes on once it has", () => {
  const pruner = createPromotionPruner(options);
  const winner = { ...reporting(3, 0.95, [0.9]), steps: 20 };
  const others = [at(1, 0.9, 0.8), at(2, 0.3, 0.1)];
  const judge = (left: number) =>
    pruner.shouldPrune(winner, others, { ...settings, ledger: { left, toEnd: 0 } });
  expect(judge(6)).toMatchObject({ reason: { rule: "won_rung" }, rungs: [0.9, 0.95] });
  const waits = judge(5);
  expect(waits).toMatchObject({ prune: false, pause: { rung: 1 }, rungs: [0.9, 0.95] });
  expect(waits.reason.why).toBe(
    "1st of 3 with 0.95, but the budget has no epochs to let it on to epoch 9",
  );
  const runs = [0.9, 0.8, 0.3].map((value, number) => ({
    ...waiting(number, 0.9, value),
    steps: 20,
  }));
  const promoted = (left: number) =>
    promotions(runs, options, settings, { ledger: { left, toEnd: 0 } });
  expect(promoted(5)).toEqual([]);
  expect(promoted(6)).toMatchObject([{ number: 0, rung: 1, untilEpoch: 9 }]);
});

test("a last chance that is too dear is given to a lower rung, and ends with the plan", () => {
  const runs = [waiting(1, 0.5, 0.5, 0.5), waiting(2, 0.4, 0.6), waiting(3, 0.3)].map((run) => ({
    ...run,
    steps: 20,
  }));
  const chance = (left: number) =>
    promotions(runs, options, settings, { lastChance: true, ledger: { left, toEnd: 0 } });
  expect(chance(11)).toMatchObject([{ number: 1, rung: 2, untilEpoch: 20 }]);
  expect(chance(10)).toMatchObject([{ number: 2, rung: 1, untilEpoch: 9 }]);
  expect(chance(5)).toEqual([]); // the best of rung 0 is past it
});

/**
 * A sweep with one slot, whose runs have known curves: what the pieces above do together. With
 * nine runs and a factor of three, rung 0 has nine runs, rung 1 three, rung 2 one, which ends.
 */
test("of nine runs three reach epoch 3 and one the end, the best", () => {
  const quality = [0.3, 0.9, 0.1, 0.5, 0.7, 0.2, 0.8, 0.4, 0.6];
  const pruner = createPromotionPruner(options);
  const runs = quality.map((_, number) => ({
    number,
    state: "queued" as RunCurve["state"],
    value: null,
    points: [] as { step: number; value: number }[],
    rungs: [] as readonly number[],
    pausedAtRung: null as number | null,
  }));
  const train = (run: (typeof runs)[number]) => {
    run.pausedAtRung = null;
    while (run.points.length < 27) {
      run.points.push({ step: run.points.length, value: quality[run.number] ?? 0 });
      if (run.points.length === 27) run.state = "completed";
      const decision = pruner.shouldPrune(run, runs, settings);
      run.rungs = decision.rungs ?? run.rungs;
      if (run.state === "running" && decision.pause) {
        run.state = "paused";
        run.pausedAtRung = decision.pause.rung;
        return;
      }
      run.state = run.state === "completed" ? "completed" : "running";
    }
  };
  for (;;) {
    const queued = runs.find(({ state }) => state === "queued");
    const [promoted] = promotions(runs, options, settings, { lastChance: queued === undefined });
    const next = promoted ? runs[promoted.number] : queued;
    if (next === undefined) break;
    next.state = "running";
    train(next);
  }
  const epochs = runs.map(({ points }) => points.length);
  expect(epochs[1]).toBe(27);
  expect(runs.filter(({ state }) => state === "completed").map(({ number }) => number)).toEqual([
    1,
  ]);
  expect(epochs.filter((length) => length >= 3).length).toBeLessThanOrEqual(5);
  expect(epochs.reduce((sum, length) => sum + length, 0)).toBeLessThan(9 * 27 * 0.25);
});
