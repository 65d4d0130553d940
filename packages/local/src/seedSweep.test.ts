import { expect, test } from "vitest";
import { readSeedSweep, SEED_DATASET } from "./seedSweep.js";

test("the sweep holds the network of the Fashion-MNIST example and its neighbours", async () => {
  const { plan, space, sampler } = await readSeedSweep();
  expect(plan).toMatchObject({
    data: { dataset: SEED_DATASET },
    model: { template: "mlp", units: [512, 256, 128] },
    optimizer: { class_name: "Adam" },
    batch_size: 64,
    epochs: 15,
    validation_split: 0.2,
  });
  expect(sampler).toEqual({ name: "grid" });
  expect(space).toMatchObject({
    learning_rate: { choices: [3e-4, 1e-3, 3e-3] },
    depth: { choices: [1, 2, 3] },
  });
});

test("other epochs change nothing else", async () => {
  const [usual, short] = await Promise.all([readSeedSweep(), readSeedSweep(2)]);
  expect(short).toEqual({ ...usual, plan: { ...usual.plan, epochs: 2 } });
});
