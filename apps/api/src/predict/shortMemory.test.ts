import { expect, test } from "vitest";
import { ShortMemory } from "./shortMemory.js";

test("asks once for all who ask meanwhile, and again once cleared or too old", async () => {
  const memory = new ShortMemory<number>({ ms: 60_000 });
  let asked = 0;
  const ask = async () => ++asked;
  expect(await Promise.all([memory.get("a", ask), memory.get("a", ask)])).toEqual([1, 1]);
  expect(await memory.get("b", ask)).toBe(2);
  memory.clear();
  expect(await memory.get("a", ask)).toBe(3);
  const none = new ShortMemory<number>({ ms: 0 });
  expect([await none.get("a", ask), await none.get("a", ask)]).toEqual([4, 5]);
});

test("does not remember what failed, and drops the oldest when full", async () => {
  const memory = new ShortMemory<number>({ ms: 60_000, most: 2 });
  await expect(memory.get("a", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect(await memory.get("a", async () => 1)).toBe(1);
  await memory.get("b", async () => 2);
  await memory.get("c", async () => 3);
  expect(await memory.get("a", async () => 4)).toBe(4);
});
