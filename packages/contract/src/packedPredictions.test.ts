import { expect, test } from "vitest";
import { packPredictions, unpackPredictions } from "./packedPredictions.js";

const classNames = ["a", "b", "c", "d"];
const names = { classNames, task: "classification" } as const;

test("the most probable classes come back in their order, equal ones by label", () => {
  const outputs = Float32Array.of(0.25, 0.5, 0.25, 0, 0, 0, 0, 1);
  const [first, second] = unpackPredictions(packPredictions(outputs, names, 3), 2, names);
  expect(first).toEqual([
    { label: 1, name: "b", probability: 0.5 },
    { label: 0, name: "a", probability: 0.25 },
    { label: 2, name: "c", probability: 0.25 },
  ]);
  expect(second?.map(({ name }) => name)).toEqual(["d", "a", "b"]);
});

test("more than there are is all of them, in the order that sorting gives", () => {
  const outputs = Float32Array.from({ length: 400 }, (_, i) => ((i * 7919) % 101) / 101);
  const unpacked = unpackPredictions(packPredictions(outputs, names, 100), 100, names);
  for (const [item, predictions] of unpacked.entries()) {
    const row = [...outputs.subarray(item * 4, item * 4 + 4)];
    const sorted = classNames
      .map((name, label) => ({ label, name, probability: row[label] ?? 0 }))
      .sort((a, b) => b.probability - a.probability || a.label - b.label);
    expect(predictions).toEqual(sorted);
  }
});

test("an item that could not be read has none, and NaN never wins", () => {
  const outputs = Float32Array.of(0.1, 0.2, 0.3, 0.4, Number.NaN, 0.1, 0.6, 0.3);
  const unpacked = unpackPredictions(packPredictions(outputs, names, 2, new Set([0])), 2, names);
  expect(unpacked[0]).toBeNull();
  expect(unpacked[1]?.map(({ name }) => name)).toEqual(["c", "d"]);
});

test("bytes that lie inside a larger buffer are read from where they lie", () => {
  const packed = packPredictions(Float32Array.of(0.25, 0.75, 0, 0), names, 2);
  const moved = new Uint8Array(packed.length + 3);
  moved.set(packed, 3);
  expect(unpackPredictions(moved.subarray(3), 1, names)[0]?.[0]).toMatchObject({ name: "b" });
});

test("labels and targets stay in their order, all of them, whatever k is", () => {
  const outputs = Float32Array.of(0.25, 0.5, -3.5, 120);
  const targets = { classNames: ["width", "price"], task: "regression" } as const;
  const packed = packPredictions(outputs, targets, 1, new Set([1]));
  expect(unpackPredictions(packed, 2, targets)).toEqual([
    [
      { label: 0, name: "width", value: 0.25 },
      { label: 1, name: "price", value: 0.5 },
    ],
    null,
  ]);
  const labels = { classNames: ["shirt", "blue"], task: "multi_label" } as const;
  expect(unpackPredictions(packPredictions(outputs, labels, 1), 2, labels)[0]).toEqual([
    { label: 0, name: "shirt", probability: 0.25 },
    { label: 1, name: "blue", probability: 0.5 },
  ]);
});
