import { describe, expect, test } from "vitest";
import { microBatched } from "./microBatcher.js";

/** Doubles each number, and notes how many rows of two came together. */
function doubling() {
  const calls: number[] = [];
  const predict = microBatched(async (inputs) => {
    calls.push(inputs.length / 2);
    await new Promise((resolve) => setImmediate(resolve));
    return inputs.map((value) => value * 2);
  }, 2);
  return { calls, predict };
}

const rows = (count: number, value: number) => new Float32Array(count * 2).fill(value);

describe("microBatched", () => {
  test("answers each request with its own rows, however they were put together", async () => {
    const { calls, predict } = doubling();
    const sizes = [1, 3, 2, 1, 5, 1];
    const answers = await Promise.all(sizes.map((size, i) => predict(rows(size, i))));
    expect(answers).toEqual(sizes.map((size, i) => rows(size, 2 * i)));
    expect(calls).toEqual([13]);
  });

  test("keeps calls to 64 rows, but runs a larger request whole", async () => {
    const { calls, predict } = doubling();
    const sizes = [40, 30, 100, 10];
    const answers = await Promise.all(sizes.map((size, i) => predict(rows(size, i))));
    expect(answers.map(({ length }) => length / 2)).toEqual(sizes);
    expect(calls).toEqual([40, 30, 100, 10]);
  });

  test("a failure fails those of its call and none after", async () => {
    let isBroken = true;
    const predict = microBatched(async (inputs) => {
      if (isBroken) throw new Error("out of memory");
      return inputs;
    }, 1);
    const first = await Promise.allSettled([predict(rows(1, 1)), predict(rows(1, 2))]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(await predict(rows(1, 3))).toEqual(rows(1, 3));
  });
});
