import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.js";
import { initialWeights } from "../model/initialWeights.js";
import { blobs } from "./blobs.js";
import { largestDifference, numbersOf } from "./largestDifference.js";
import {
  describePlan,
  finalBytes,
  metricsOf,
  openSession,
  planOf,
  trainToEnd,
} from "./trainToEnd.js";

const dataset = blobs({ rows: 103, inputs: 8, classes: 4 });
const plan = {
  model: { template: "mlp", depth: 2, units: [16, 8], dropout: 0.2 },
  batch_size: 8,
  epochs: 5,
  seed: 3,
};

/** Same seed and threads, same bits; and what may differ only in the last digits. */
export function describeDeterminism(engine: Engine): void {
  describe(`${engine.id}: determinism`, () => {
    test("the same seed gives the same bits, another seed others", async () => {
      const [one, same, other] = [
        await trainToEnd(engine, plan, dataset),
        await trainToEnd(engine, plan, dataset),
        await trainToEnd(engine, { ...plan, seed: 4 }, dataset),
      ];
      expect(finalBytes(same.end)).toEqual(finalBytes(one.end));
      expect(metricsOf(same.events)).toEqual(metricsOf(one.events));
      expect(same.checkpoints).toEqual(one.checkpoints);
      expect(finalBytes(other.end)).not.toEqual(finalBytes(one.end));
    });

    test("how many steps a call makes changes no number", async () => {
      const parsed = planOf(plan);
      const weights = initialWeights(describePlan(parsed, dataset), parsed.seed);
      const order = Int32Array.from({ length: 96 }, (_, row) => (row * 37) % 103);
      const bits = async (stepsPerCall: number) => {
        const session = await openSession(engine, parsed, dataset, weights);
        const losses: number[] = [];
        for (let from = 0; from < 96; from += 8 * stepsPerCall) {
          const part = order.subarray(from, from + 8 * stepsPerCall);
          const rates = new Float64Array(part.length / 8).fill(0.01);
          for (const { lossSum } of await session.train({ order: part, batchSize: 8, rates }))
            losses.push(lossSum);
        }
        const trained = session.weights();
        await session.release();
        return { losses, weights: trained };
      };
      const whole = await bits(12);
      expect(await bits(1)).toEqual(whole);
      expect(await bits(5)).toEqual(whole);
    });

    test("matrices cut into blocks (1 thread) and whole ones (2 threads) give the same figures", async () => {
      const wide = blobs({ rows: 40, inputs: 700, classes: 4 });
      const large = { ...plan, model: { template: "mlp", units: [400, 700] }, epochs: 2 };
      const [cut, whole] = [
        await trainToEnd(engine, large, wide),
        await trainToEnd(engine, large, wide, { threads: 2 }),
      ];
      if (cut.end?.kind !== "trained" || whole.end?.kind !== "trained") throw new Error("no end");
      expect([...whole.end.weights.keys()]).toEqual([...cut.end.weights.keys()]);
      for (const [weight, { data }] of cut.end.weights) {
        const other = numbersOf(whole.end.weights, weight);
        expect(largestDifference(data, other), weight).toBeLessThan(1e-4);
      }
    });
  });
}
