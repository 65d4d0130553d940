import { expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";

const callbacks = { each: [], learningRate: 0.01, bestEpoch: null, stopped: null };

test("runs that come to the same numbers have checkpoints of their own, which say the same", () => {
  const weights = new Map([["dense/kernel", { shape: [2], data: Float32Array.of(1, 2) }]]);
  const checkpoint = { epoch: 3, iterations: 12, weights, slots: new Map(), callbacks };
  const [one, again, other, nobody] = ["one", "one", "other", undefined].map((owner) =>
    encodeCheckpoint(checkpoint, "of the plan", owner),
  );
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  expect(nobody).not.toEqual(one);
  for (const bytes of [one, other, nobody])
    expect(decodeCheckpoint(bytes ?? new Uint8Array(), "of the plan")).toEqual(checkpoint);
});
