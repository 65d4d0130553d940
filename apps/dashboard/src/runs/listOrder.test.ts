import { expect, test } from "vitest";
import { neighbours } from "./listOrder.js";

test("the ends have one neighbour, a run that is not listed has none", () => {
  const ids = ["a", "b", "c"];
  expect(neighbours(ids, "a")).toEqual({ previous: null, next: "b", place: "1 of 3" });
  expect(neighbours(ids, "c")).toEqual({ previous: "b", next: null, place: "3 of 3" });
  expect(neighbours(ids, "x")).toEqual({ previous: null, next: null, place: null });
});
