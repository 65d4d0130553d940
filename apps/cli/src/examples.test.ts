import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readRunFile, readSweepFile } from "./readSubmission.js";

const examples = resolve(import.meta.dirname, "../../../examples");
const files = (await readdir(examples)).filter((file) => file.endsWith(".yaml"));

test.each(files)("%s is accepted", async (file) => {
  const read = file.endsWith(".sweep.yaml") ? readSweepFile : readRunFile;
  const submission = await read(resolve(examples, file));
  expect(submission).toMatchObject({ name: expect.stringMatching(/\w/), plan: {} });
});

test("the seed's sweep has its nine runs and its network", async () => {
  const { plan, space, sampler } = await readSweepFile(
    resolve(examples, "fashion-mnist.sweep.yaml"),
  );
  expect(space).toMatchObject({
    learning_rate: { choices: [3e-4, 1e-3, 3e-3] },
    depth: { choices: [1, 2, 3] },
  });
  expect(sampler).toEqual({ name: "grid" });
  expect(plan).toMatchObject({
    model: { units: [512, 256, 128] },
    batch_size: 64,
    epochs: 15,
    validation_split: 0.2,
  });
});

test("the single run is the seed's network", async () => {
  const { plan } = await readRunFile(resolve(examples, "single-run.yaml"));
  expect(plan).toMatchObject({
    model: {
      layers: [
        { class_name: "Flatten" },
        { class_name: "Dense", units: 512, activation: "relu" },
        { class_name: "Dense", units: 256, activation: "relu" },
        { class_name: "Dense", units: 10, activation: "softmax" },
      ],
    },
    optimizer: { class_name: "Adam", learning_rate: 0.001 },
    batch_size: 64,
    epochs: 15,
    validation_split: 0.2,
  });
});
