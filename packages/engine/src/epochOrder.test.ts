import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { epochOrder, trainingRows } from "./epochOrder.js";

interface SplitRow {
  n: number;
  validation_split: number;
  train: number;
  error: boolean;
}

const rows = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

test("splits as Keras does, and refuses what Keras refuses", () => {
  const url = new URL("../fixtures/golden/split.json", import.meta.url);
  const { rows } = JSON.parse(readFileSync(url, "utf8")) as { rows: SplitRow[] };
  expect(rows.length).toBeGreaterThan(20);
  for (const { n, validation_split: split, train, error } of rows) {
    if (error) expect(() => trainingRows(n, split), `${n} ${split}`).toThrow("neither may be 0");
    else expect(trainingRows(n, split), `${n} ${split}`).toBe(train);
  }
});

test("each epoch takes every row once, in an order of its own", () => {
  const orders = [0, 1, 2].map((epoch) => epochOrder(rows(100), true, 5, epoch));
  for (const order of orders)
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  expect(orders[1]).not.toEqual(orders[0]);
  expect(epochOrder(rows(100), true, 5, 1)).toEqual(orders[1]);
  expect(epochOrder(rows(100), true, 6, 1)).not.toEqual(orders[1]);
  expect(epochOrder(rows(3), false, 5, 1)).toEqual(Int32Array.of(0, 1, 2));
});

test("every order of three rows is as likely as any other", () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch++) {
    const order = epochOrder(rows(3), true, 1, epoch).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  expect(counts.size).toBe(6);
  expect(chiSquare).toBeLessThan(20.5); // 5 degrees of freedom, p = 0.001
});
