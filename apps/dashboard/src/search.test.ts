import { expect, test } from "vitest";
import { readCompareSearch, readSweepSearch } from "./search.js";

test("broken fields of an address are as if absent", () => {
  expect(readSweepSearch({ metric: 3, log: "yes", selected: "a", sort: "-epoch" })).toEqual({
    sort: "-epoch",
  });
  expect(readSweepSearch({ log: true, selected: ["a", 1] })).toEqual({
    log: true,
    selected: ["a"],
  });
  expect(readCompareSearch({})).toEqual({ ids: [] });
});
