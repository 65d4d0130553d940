import { expect, test } from "vitest";
import type { Engine } from "../engine.js";
import { initialWeights } from "../model/initialWeights.js";
import { doubleAdam } from "../reference/doubleAdam.js";
import { blobs } from "./blobs.js";
import { largestDifference, numbersOf } from "./largestDifference.js";
import { describePlan, openSession, planOf } from "./trainToEnd.js";

/** Long enough that an engine which keeps its moments in a scale of its own has to change it. */
export function describeAdam(engine: Engine): void {
  test.each([
    [0.999, 0.9],
    [0.6, 0.9],
    [0.3, 0],
  ])(`${engine.id}: Adam over 150 steps, beta_2 %s and beta_1 %s`, async (beta_2, beta_1) => {
    const dataset = blobs({ rows: 6, inputs: 2, classes: 2 });
    const optimizer = { class_name: "Adam", learning_rate: 0.01, beta_1, beta_2, epsilon: 1e-3 };
    const plan = planOf({
      model: { layers: [{ class_name: "Dense", units: 2, activation: "softmax" }] },
      optimizer,
    });
    const model = describePlan(plan, dataset);
    const weights = initialWeights(model, 2);
    const session = await openSession(engine, plan, dataset, weights);
    const order = Int32Array.from({ length: 6 * 150 }, (_, i) => i % 6);
    for (const [from, to] of [
      [0, 70],
      [70, 71],
      [71, 150],
    ] as const)
      await session.train({
        order: order.subarray(from * 6, to * 6),
        batchSize: 6,
        rates: new Float64Array(to - from).fill(optimizer.learning_rate),
      });

    const want = doubleAdam(model, weights, dataset.train, { ...optimizer, steps: 150 });
    const slots = session.kerasSlots();
    for (const [weight, { w, m, v }] of want) {
      expect(largestDifference(w, numbersOf(session.weights(), weight))).toBeLessThan(1e-5);
      expect(
        largestDifference(m, numbersOf(slots.get("momentum") ?? new Map(), weight)),
      ).toBeLessThan(1e-6);
      expect(
        largestDifference(v, numbersOf(slots.get("velocity") ?? new Map(), weight)),
      ).toBeLessThan(1e-6);
    }
    await session.release();
  });
}
