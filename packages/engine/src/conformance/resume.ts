import { describe, expect, test } from "vitest";
import type { Dataset } from "../dataset.js";
import type { Engine } from "../engine.js";
import { blobs } from "./blobs.js";
import { finalBytes, metricsOf, trainToEnd } from "./trainToEnd.js";

/** An odd number of rows, so that the last batch of an epoch is short. */
const dataset = blobs({ rows: 53, inputs: 16, classes: 3 });
const images: Dataset = {
  ...dataset,
  inputShape: [4, 4],
  train: { ...dataset.train, x: Uint8Array.from(dataset.train.x, (value) => 128 + 60 * value) },
};

const MLP = { template: "mlp", depth: 2, units: [9, 7] };
const RATE = 0.01;

/** Every optimizer with what changes its state. */
const OPTIMIZERS: Readonly<Record<string, object>> = {
  SGD: { class_name: "SGD", learning_rate: RATE },
  "SGD with momentum": { class_name: "SGD", learning_rate: RATE, momentum: 0.9 },
  "SGD with Nesterov momentum and decay": {
    ...{ class_name: "SGD", learning_rate: RATE, momentum: 0.9, nesterov: true },
    weight_decay: 0.01,
  },
  Adam: { class_name: "Adam", learning_rate: RATE },
  "Adam with amsgrad and clipnorm": {
    ...{ class_name: "Adam", learning_rate: RATE, amsgrad: true },
    clipnorm: 0.1,
  },
  "AdamW with global_clipnorm": { class_name: "AdamW", global_clipnorm: 0.1 },
  "AdamW with amsgrad": { class_name: "AdamW", amsgrad: true },
  "Adamax with clipvalue": { class_name: "Adamax", clipvalue: 0.02 },
  Nadam: { class_name: "Nadam" },
  "RMSprop centered, with momentum": { class_name: "RMSprop", centered: true, momentum: 0.5 },
  Adagrad: { class_name: "Adagrad" },
  Adadelta: { class_name: "Adadelta", learning_rate: 1 },
  Lion: { class_name: "Lion" },
  "a moving average": { class_name: "Adam", use_ema: true, ema_momentum: 0.9 },
  "a moving average that overwrites": {
    ...{ class_name: "RMSprop", use_ema: true },
    ema_overwrite_frequency: 4,
  },
};

const SCHEDULES: Readonly<Record<string, object>> = {
  ExponentialDecay: { initial_learning_rate: RATE, decay_steps: 5, decay_rate: 0.8 },
  InverseTimeDecay: { initial_learning_rate: RATE, decay_steps: 5, decay_rate: 0.8 },
  PiecewiseConstantDecay: { boundaries: [7, 11], values: [0.02, 0.01, 0.005] },
  PolynomialDecay: { initial_learning_rate: RATE },
  CosineDecay: { initial_learning_rate: 0, warmup_target: RATE, warmup_steps: 6 },
  CosineDecayRestarts: { initial_learning_rate: RATE, first_decay_steps: 4 },
  OneCycle: { max_learning_rate: RATE },
};

const callback = (class_name: string, rest = {}) => ({ class_name, ...rest });
const fast = { class_name: "SGD", learning_rate: 2 };

/** What else a checkpoint must hold, or may not need to. */
const PLANS: Readonly<Record<string, { plan: object; on?: Dataset }>> = {
  "dropout, noise and normalisation": {
    plan: {
      model: {
        layers: [
          { class_name: "Dense", units: 9 },
          { class_name: "BatchNormalization" },
          { class_name: "Dropout", rate: 0.3 },
          { class_name: "GaussianNoise", stddev: 0.2 },
          { class_name: "Residual", layers: [{ class_name: "Dense", units: 9 }] },
          { class_name: "LayerNormalization" },
          { class_name: "Dense", units: 3, activation: "softmax" },
        ],
      },
    },
  },
  "plateaus, early stopping and the best epoch's weights": {
    plan: {
      optimizer: fast,
      epochs: 9,
      callbacks: [
        callback("ReduceLROnPlateau", { patience: 1, factor: 0.3, cooldown: 2 }),
        callback("EarlyStopping", { patience: 3, restore_best_weights: true }),
        callback("ModelCheckpoint"),
        callback("TerminateOnNaN"),
        callback("TargetReached", { monitor: "accuracy", target: 2 }),
      ],
    },
  },
  "weights of classes, stratified": {
    plan: { class_weight: "balanced", split: { method: "stratified" } },
  },
  "standardised inputs, one of five folds": {
    plan: { data: { dataset: "x", preprocessing: "standardize" }, split: { method: "k_fold" } },
  },
  "augmented images under a convolution": {
    on: images,
    plan: {
      model: { template: "cnn", blocks: 1, filters: 3, units: 5, batch_norm: true },
      augmentation: {
        ...{ rotation_range: 20, width_shift_range: 0.2, horizontal_flip: true },
        random_erasing: { value: "random" },
        mixup: {},
        cutmix: {},
      },
    },
  },
};

/** Going on from the checkpoint of any epoch ends with the bits of the run that was not disturbed. */
export function describeResume(engine: Engine): void {
  const cases: Record<string, { plan: object; on?: Dataset }> = { ...PLANS };
  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) cases[name] = { plan: { optimizer } };
  for (const [class_name, fields] of Object.entries(SCHEDULES)) {
    const learning_rate = { class_name, ...fields };
    cases[class_name] = { plan: { optimizer: { class_name: "Adam", learning_rate } } };
  }
  describe(`${engine.id}: a run goes on from any epoch's checkpoint to the same bits`, () => {
    test.each(Object.entries(cases))("%s", async (_, { plan, on = dataset }) => {
      const whole = { model: MLP, batch_size: 8, epochs: 4, seed: 3, ...plan };
      const { events, checkpoints, end } = await trainToEnd(engine, whole, on);
      expect(end?.kind).toBe("trained");
      for (const [index, resume] of checkpoints.entries()) {
        const rest = await trainToEnd(engine, whole, on, { resume });
        expect(metricsOf(rest.events)).toEqual(metricsOf(events).slice(index + 1));
        expect(finalBytes(rest.end)).toEqual(finalBytes(end));
        expect(rest.checkpoints.at(-1) ?? resume).toEqual(checkpoints.at(-1));
      }
    });

    test("an adopted checkpoint goes on under other settings, and only into a model of its shapes", async () => {
      const plan = { model: MLP, batch_size: 8, epochs: 3 };
      const { checkpoints, end } = await trainToEnd(engine, plan, dataset);
      const [resume = new Uint8Array()] = checkpoints;
      const adopt = { resume, adopts: true };
      const same = await trainToEnd(engine, plan, dataset, adopt);
      expect(finalBytes(same.end)).toEqual(finalBytes(end));
      const optimizer = { class_name: "Adam", learning_rate: 1e-5 };
      const changed = { ...plan, batch_size: 16, seed: 9, optimizer };
      const other = await trainToEnd(engine, changed, dataset, adopt);
      expect(metricsOf(other.events)).toHaveLength(2);
      expect(metricsOf(other.events)[0]).toMatchObject({ learning_rate: 1e-5 });
      expect(finalBytes(other.end)).not.toEqual(finalBytes(end));
      const wider = { ...plan, model: { template: "mlp", depth: 1, units: 99 } };
      await expect(trainToEnd(engine, wider, dataset, adopt)).rejects.toMatchObject({
        code: "data_invalid",
        message: expect.stringMatching(/^the checkpoint is of another model: its \S+ is /),
      });
    });

    test("a checkpoint of another plan, or half of one, is refused", async () => {
      const plan = { model: MLP, epochs: 1 };
      const { checkpoints } = await trainToEnd(engine, plan, dataset);
      const [resume = new Uint8Array()] = checkpoints;
      const refused = { code: "data_invalid" };
      await expect(
        trainToEnd(engine, { ...plan, seed: 9 }, dataset, { resume }),
      ).rejects.toMatchObject(refused);
      const half = resume.subarray(0, resume.length / 2);
      await expect(trainToEnd(engine, plan, dataset, { resume: half })).rejects.toMatchObject(
        refused,
      );
    });
  });
}
