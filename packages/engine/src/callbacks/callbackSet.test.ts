import { Callback, type EpochMetrics } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { CallbackSet, type CallbackState } from "./callbackSet.js";

/** The states after epochs of these val_loss; through JSON each time, as by a checkpoint. */
function statesOf(callbacks: readonly unknown[], losses: readonly number[], rate = 1) {
  const set = new CallbackSet(
    callbacks.map((callback) => Callback.parse(callback)),
    rate,
  );
  let state = set.initial;
  return losses.map((val_loss, index) => {
    const metrics: EpochMetrics = {
      loss: 1,
      val_loss,
      val_accuracy: 1 / val_loss,
      learning_rate: rate,
    };
    const before = JSON.parse(JSON.stringify(state)) as CallbackState;
    state = set.after(before, { epoch: index + 1, metrics, seconds: 2 });
    return state;
  });
}

/** Epoch, reason and best epoch of the first state that stops. */
function stopOf(callbacks: readonly unknown[], losses: readonly number[]) {
  const states = statesOf(callbacks, losses);
  const index = states.findIndex(({ stopped }) => stopped !== null);
  const state = states[index];
  return state && { epoch: index + 1, why: state.stopped, best: state.bestEpoch };
}

const stopping = { class_name: "EarlyStopping", patience: 2 };

test("early stopping waits for patience epochs, counted anew after each improvement", () => {
  const restoring = { ...stopping, restore_best_weights: true };
  expect(stopOf([restoring], [5, 4, 4, 3, 3, 3, 9])).toEqual({
    epoch: 6,
    why: "val_loss has not improved for 2 epochs",
    best: 4,
  });
  expect(stopOf([stopping], [5, 6, 7])).toMatchObject({ epoch: 3, best: null });
  expect(stopOf([{ ...stopping, monitor: "val_accuracy" }], [5, 4, 5, 6])).toMatchObject({
    epoch: 4,
    why: "val_accuracy has not improved for 2 epochs",
  });
  expect(stopOf([{ ...stopping, mode: "max" }], [1, 2, 3, 1, 1])).toMatchObject({ epoch: 5 });
});

test("improvements up to min_delta do not count, and patience 0 ends with the second epoch", () => {
  expect(stopOf([{ ...stopping, min_delta: 1 }], [5, 4, 4, 3])).toMatchObject({ epoch: 3 });
  expect(stopOf([{ ...stopping, patience: 0 }], [5, 5])).toMatchObject({
    epoch: 2,
    why: "val_loss has not improved for 1 epoch",
  });
});

test("an improvement short of the baseline is the best, but waiting goes on", () => {
  const demanding = { ...stopping, baseline: 2, restore_best_weights: true };
  expect(stopOf([demanding], [5, 4, 3, 3])).toMatchObject({ epoch: 4, best: 3 });
  expect(stopOf([demanding], [5, 1, 2, 2])).toMatchObject({ epoch: 4, best: 2 });
});

test("epochs before start_from_epoch are not looked at", () => {
  const late = { ...stopping, start_from_epoch: 2, restore_best_weights: true };
  expect(stopOf([late], [1, 1, 5, 5, 5])).toMatchObject({ epoch: 5, best: 3 });
});

test("a plateau reduces the rate down to min_lr, holding back for cooldown - 1 epochs", () => {
  const plateau = { class_name: "ReduceLROnPlateau", factor: 0.5, patience: 1, min_lr: 0.2 };
  const ratesOf = (cooldown: number) =>
    statesOf([{ ...plateau, cooldown }], [1, 1, 1, 1, 1]).map(({ learningRate }) => learningRate);
  expect(ratesOf(0)).toEqual([1, 0.5, 0.25, 0.2, 0.2]);
  expect(ratesOf(1)).toEqual([1, 0.5, 0.25, 0.2, 0.2]);
  expect(ratesOf(2)).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
});

test("a plateau ignores improvements up to min_delta, 0.0001 by default", () => {
  const plateau = { class_name: "ReduceLROnPlateau", patience: 1, factor: 0.5 };
  const rates = statesOf([plateau], [1, 0.9999, 0.99]).map(({ learningRate }) => learningRate);
  expect(rates).toEqual([1, 0.5, 0.5]);
});

test("a model checkpoint follows the best epoch to the end", () => {
  const states = statesOf([{ class_name: "ModelCheckpoint" }], [5, 3, 4, 2, 2]);
  expect(states.map(({ bestEpoch }) => bestEpoch)).toEqual([1, 2, 2, 4, 4]);
});

test("time, all attempts together, and targets end a run; the first to say so is the reason", () => {
  expect(stopOf([{ class_name: "TimeLimit", seconds: 5 }], [5, 4, 3, 2])).toMatchObject({
    epoch: 3,
    why: "the limit of 5 s of training has passed",
  });
  const target = { class_name: "TargetReached", monitor: "val_loss", target: 3 };
  expect(stopOf([target], [5, 3.5, 2.99999])).toMatchObject({
    epoch: 3,
    why: "val_loss 3 has reached 3",
  });
  expect(stopOf([{ ...target, monitor: "val_accuracy", target: 0.25 }], [5, 4])).toMatchObject({
    epoch: 2,
  });
  expect(stopOf([{ class_name: "TimeLimit", seconds: 1 }, target], [1])?.why).toMatch("limit");
});

test("a metric that was not measured changes nothing", () => {
  const all = [
    stopping,
    { class_name: "ReduceLROnPlateau", patience: 0 },
    { class_name: "ModelCheckpoint" },
  ];
  const followed = all.map((one) => ({ ...one, monitor: "val_mean_absolute_error" }));
  const last = statesOf(followed, [1, 2, 3, 4]).at(-1);
  expect(last).toMatchObject({ stopped: null, bestEpoch: null, learningRate: 1 });
});
