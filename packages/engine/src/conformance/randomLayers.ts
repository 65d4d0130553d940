import { TrainPlan } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../dataset.js";
import type { Engine, StepSession } from "../engine.js";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { modelTask } from "../model/modelTask.js";
import type { Tensor } from "../tensor.js";

const WIDTH = 500;
const ROWS = 200; // WIDTH · ROWS numbers, all 1

/** What Dropout and GaussianNoise make of 100,000 ones, read from the step of the layer behind them. */
export function describeRandomLayers(engine: Engine): void {
  describe(`${engine.id}: layers that draw at random`, () => {
    const rate = 0.3;

    test("dropout leaves its share, scaled, differently at each step and the same for a seed", async () => {
      const dropout = [{ class_name: "Dropout", rate }];
      const first = await draws(engine, dropout, 7);
      const second = await draws(engine, dropout, 7, 1);
      const kept = 1 / (1 - rate);
      const near = (value: number, want: number) => Math.abs(value - want) < 1e-5;
      expect(first.every((value) => near(value, 0) || near(value, kept))).toBe(true);
      const zeros = first.filter((value) => near(value, 0)).length / first.length;
      const deviation = Math.sqrt((rate * (1 - rate)) / first.length);
      expect(Math.abs(zeros - rate)).toBeLessThan(4 * deviation);
      const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
      expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(rate / ((1 - rate) * first.length)));
      expect(second).not.toEqual(first);
      expect(agreement(first, second)).toBeLessThan(4 / Math.sqrt(first.length));
      const shifted = [...first.slice(1), first[0] ?? 0];
      expect(agreement(first, shifted)).toBeLessThan(4 / Math.sqrt(first.length));

      expect(await draws(engine, dropout, 7)).toEqual(first);
      expect(await draws(engine, dropout, 8)).not.toEqual(first);
    });

    test("noise is normal with its standard deviation", async () => {
      const stddev = 0.5;
      const values = await draws(engine, [{ class_name: "GaussianNoise", stddev }], 7);
      const noise = values.map((value) => (value - 1) / stddev);
      const moment = (power: number) =>
        noise.reduce((sum, z) => sum + z ** power, 0) / noise.length;
      const room = 4 / Math.sqrt(noise.length);
      expect(Math.abs(moment(1))).toBeLessThan(room);
      expect(Math.abs(moment(2) - 1)).toBeLessThan(room * Math.sqrt(2));
      expect(Math.abs(moment(3))).toBeLessThan(room * Math.sqrt(15));
      expect(Math.abs(moment(4) - 3)).toBeLessThan(room * Math.sqrt(96));
    });

    test("two layers of one network draw each for itself", async () => {
      const dropout = { class_name: "Dropout", rate: 0.5 };
      const values = await draws(engine, [dropout, dropout], 7);
      const kept = values.filter((value) => value > 2).length / values.length;
      expect(Math.abs(kept - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / values.length));
    });

    test("how many steps a call makes draws nothing else, and inference draws nothing", async () => {
      const noisy = [
        { class_name: "Dropout", rate },
        { class_name: "GaussianNoise", stddev: 1 },
      ];
      const session = () => open(engine, noisy);
      const [whole, parts] = [await session(), await session()];
      const order = Int32Array.from({ length: 60 }, (_, row) => row % ROWS);
      const rates = new Float64Array(6).fill(1e-4);
      await whole.train({ order, batchSize: 10, rates });
      for (const [from, to] of [
        [0, 1],
        [1, 4],
        [4, 6],
      ] as const)
        await parts.train({
          order: order.subarray(from * 10, to * 10),
          batchSize: 10,
          rates: rates.subarray(from, to),
        });
      expect(parts.weights()).toEqual(whole.weights());
      const rows = order.subarray(0, 10);
      expect(await whole.evaluate(rows)).toEqual(await whole.evaluate(rows));
      await whole.release();
      await parts.release();
    });
  });
}

/** Absolute correlation of two lists. */
const agreement = (some: readonly number[], others: readonly number[]): number => {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(some), mean(others)];
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    mean(x.map((value, i) => (value - mx) * ((y[i] as number) - my)));
  const scale = Math.sqrt(product(some, some, a, a) * product(others, others, b, b));
  return Math.abs(product(some, others, a, b)) / scale;
};

/** What layers make of ones in one step, row after row. */
async function draws(
  engine: Engine,
  layers: readonly object[],
  seed: number,
  iterations = 0,
): Promise<number[]> {
  const session = await open(engine, layers, seed, iterations);
  const order = Int32Array.from({ length: ROWS }, (_, row) => row);
  await session.train({ order, batchSize: ROWS, rates: Float64Array.of(1) });
  const kernel = (session.weights().get("dense/kernel") as Tensor).data;
  await session.release();
  return Array.from({ length: ROWS * WIDTH }, (_, i) => {
    const [row, unit] = [Math.floor(i / WIDTH), i % WIDTH];
    return kernel[unit * ROWS + row] as number;
  });
}

/**
 * Layers on ones, then a linear Dense of an output for each row, all its weights 0. The target of
 * row r is 0 but for output r, and so large that column r of the first step is row r's inputs.
 */
function open(
  engine: Engine,
  layers: readonly object[],
  seed = 1,
  iterations = 0,
): Promise<StepSession> {
  const y = new Float32Array(ROWS * ROWS);
  for (let row = 0; row < ROWS; row++) y[row * ROWS + row] = (ROWS * ROWS) / 2;
  const train = { count: ROWS, x: new Float32Array(ROWS * WIDTH).fill(1), y };
  const classNames = Array.from({ length: ROWS }, (_, row) => `row ${row}`);
  const dataset: Dataset = {
    inputShape: [WIDTH],
    task: "regression",
    classNames,
    train,
    test: train,
  };
  const end = { class_name: "Dense", units: ROWS, use_bias: false, kernel_initializer: "zeros" };
  const plan = TrainPlan.parse({
    data: { dataset: "ones" },
    model: { layers: [...layers, end] },
    loss: "mean_squared_error",
    optimizer: { class_name: "SGD", learning_rate: 1 },
  });
  const model = describeModel(plan.model, modelTask(plan, dataset));
  const { optimizer, loss } = plan;
  const weights = initialWeights(model, 1);
  return engine.openSession({
    model,
    optimizer,
    loss,
    dataset,
    seed,
    threads: 1,
    weights,
    iterations,
  });
}
