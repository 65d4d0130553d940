import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawInTurn } from "./drawInTurn.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("each drawing has a task of its own, in the order they were asked for", () => {
  const drawn: string[] = [];
  drawInTurn(() => drawn.push("a"));
  drawInTurn(() => drawn.push("b"));
  expect(drawn).toEqual([]);
  vi.advanceTimersToNextTimer();
  expect(drawn).toEqual(["a"]);
  vi.advanceTimersToNextTimer();
  expect(drawn).toEqual(["a", "b"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("what is taken back is not drawn, and holds up nothing", () => {
  const drawn: string[] = [];
  const takeBack = drawInTurn(() => drawn.push("a"));
  drawInTurn(() => drawn.push("b"));
  takeBack();
  vi.runAllTimers();
  expect(drawn).toEqual(["b"]);
});

test("a drawing that fails leaves the next its turn", () => {
  const drawn: string[] = [];
  drawInTurn(() => {
    throw new Error("no canvas");
  });
  drawInTurn(() => drawn.push("b"));
  expect(() => vi.advanceTimersToNextTimer()).toThrow("no canvas");
  vi.runAllTimers();
  expect(drawn).toEqual(["b"]);
});
