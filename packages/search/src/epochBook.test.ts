import { expect, test } from "vitest";
import { EpochBook } from "./epochBook.js";

test("promises no more than there is", () => {
  const book = new EpochBook({ left: 5, toEnd: 0 });
  expect(book.promise({ from: 1, to: 3, steps: 9 }, 2)).toBe(true);
  expect(book.promise({ from: 1, to: 3, steps: 9 })).toBe(false);
  expect(book.left).toBe(1);
});

test("keeps back what the run nearest to its end lacks", () => {
  const book = new EpochBook({ left: 30, toEnd: null });
  const started = () => book.promise({ from: 0, to: 1, steps: 27 });
  expect([started(), started(), started(), started(), started()]).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
  expect([book.left, book.keptBack]).toEqual([26, 26]);
  // What brings that run itself on takes as much from both.
  expect(book.promise({ from: 1, to: 3, steps: 27 })).toBe(true);
  expect(book.promise({ from: 3, to: 27, steps: 27 })).toBe(true);
  expect([book.left, book.keptBack]).toEqual([0, 0]);
});

test("begins nothing that could not end", () => {
  expect(new EpochBook({ left: 26, toEnd: null }).promise({ from: 0, to: 1, steps: 27 })).toBe(
    false,
  );
});
