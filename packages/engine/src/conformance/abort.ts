import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.js";
import { blobs } from "./blobs.js";
import { planOf } from "./trainToEnd.js";

/** Other programs run here too: the best of so many counts. */
const ATTEMPTS = 6;

const wide = blobs({ rows: 800, inputs: 784, classes: 10 });
const images = { ...blobs({ rows: 560, inputs: 784, classes: 10 }), inputShape: [28, 28] };

/** An abort ends a run within 200 ms, whatever is going on. The grain is one batch that trains. */
export function describeAbort(engine: Engine): void {
  describe(`${engine.id}: an abort ends the run within 200 ms`, { timeout: 120_000 }, () => {
    test.each([
      ["the network of the example, training", {}, wide],
      [
        "a convolutional network, validating",
        {
          model: { template: "cnn", blocks: 2, convolutions: 2, filters: 32 },
          ...{ batch_size: 4, validation_split: 0.985 },
        },
        images,
      ],
    ])("%s", async (_, fields, dataset) => {
      const plan = planOf({ epochs: 1000, ...fields });
      let shortest = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < ATTEMPTS && shortest >= 200; attempt++) {
        const controller = new AbortController();
        let due = 0;
        const all = async () => {
          for await (const event of engine.train(
            { plan, dataset, threads: 1 },
            controller.signal,
          )) {
            if (event.kind !== "epoch" || event.epoch > 1) continue;
            due = performance.now() + 100; // some way into the second epoch
            setTimeout(() => controller.abort(new Error("enough")), 100);
          }
        };
        await expect(all()).rejects.toThrow("enough");
        shortest = Math.min(shortest, performance.now() - due);
      }
      expect(shortest).toBeLessThan(200);
    });
  });
}
