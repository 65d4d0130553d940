import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../checkpoint.js";
import type { Engine } from "../engine.js";
import { blobs } from "./blobs.js";
import { finalBytes, metricsOf, trainToEnd } from "./trainToEnd.js";

const dataset = blobs({ rows: 103, inputs: 8, classes: 4 });
const plan = {
  model: { template: "mlp", depth: 2, units: [16, 8] },
  batch_size: 8,
  epochs: 5,
  seed: 3,
};

/** Runs as they should go, and those on rows or at rates that nobody wants. */
export function describeRuns(engine: Engine): void {
  describe(`${engine.id}: runs`, () => {
    test("learns what can be learned, and validates on the last rows", async () => {
      const { events, end } = await trainToEnd(engine, { ...plan, epochs: 30 }, dataset);
      const last = events.at(-2);
      if (last?.kind !== "epoch") throw new Error("no epoch");
      expect(end).toMatchObject({ kind: "trained", ending: { epochs: 30 } });
      expect(last.metrics.accuracy).toBeGreaterThan(0.9);
      expect(last.metrics.val_accuracy).toBeGreaterThan(0.8);
      expect(last.metrics.learning_rate).toBe(0.001);
      expect(last.epoch).toBe(30);
    });

    test("without a validation split there are no validation figures", async () => {
      const whole = { ...plan, epochs: 1, validation_split: 0 };
      const { events } = await trainToEnd(engine, whole, dataset);
      expect(Object.keys(metricsOf(events)[0] ?? {})).toEqual([
        "loss",
        "accuracy",
        "learning_rate",
      ]);
    });

    test("a batch larger than the data is one batch of all of it", async () => {
      const unshuffled = { ...plan, shuffle: false };
      const large = await trainToEnd(engine, { ...unshuffled, batch_size: 4096 }, dataset);
      const exact = await trainToEnd(engine, { ...unshuffled, batch_size: 82 }, dataset);
      expect(finalBytes(large.end)).toEqual(finalBytes(exact.end));
    });

    test("the last batch of an epoch trains although it is short", async () => {
      const { checkpoints } = await trainToEnd(engine, { ...plan, epochs: 2 }, dataset);
      expect(checkpoints.map((bytes) => decodeCheckpoint(bytes).iterations)).toEqual([11, 22]);
    });

    test("pixels are scaled to 0..1", async () => {
      const pixels = Uint8Array.from({ length: 103 * 8 }, (_, i) => (i * 97) % 256);
      const shares = Float32Array.from(pixels, (pixel) => pixel / 255);
      const metrics = async (x: Uint8Array | Float32Array) => {
        const rows = { ...dataset, train: { ...dataset.train, x } };
        return metricsOf((await trainToEnd(engine, plan, rows)).events).at(-1);
      };
      expect((await metrics(pixels))?.loss).toBeCloseTo((await metrics(shares))?.loss ?? 0, 5);
    });

    test("rows of one class only", async () => {
      const y = new Uint8Array(103).fill(2);
      const same = { ...dataset, train: { ...dataset.train, y } };
      expect((await trainToEnd(engine, plan, same)).end?.kind).toBe("trained");
      const one = {
        ...dataset,
        classNames: ["all"],
        train: { ...dataset.train, y: new Uint8Array(103) },
      };
      const { events } = await trainToEnd(engine, { ...plan, epochs: 1 }, one);
      expect(metricsOf(events)[0]).toMatchObject({ loss: 0, accuracy: 1 });
    });

    test("a learning rate that is too high ends as diverged", async () => {
      const optimizer = { class_name: "SGD", learning_rate: 1000 };
      const linear = { ...plan.model, activation: "linear" };
      const wild = { ...plan, model: linear, optimizer, epochs: 50 };
      expect((await trainToEnd(engine, wild, dataset)).end?.kind).toBe("diverged");
    });

    test.each([
      ["trains", 20],
      ["validates", 103 * 8 - 1],
    ])("NaN in a row that %s ends as diverged in the first epoch", async (_, at) => {
      const x = Float32Array.from(dataset.train.x);
      x[at] = Number.NaN;
      const rows = { ...dataset, train: { ...dataset.train, x } };
      const { events } = await trainToEnd(engine, plan, rows);
      expect(events).toEqual([{ kind: "diverged", epoch: 1 }]);
    });
  });
}
