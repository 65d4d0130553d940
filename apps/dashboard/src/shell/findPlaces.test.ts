import { expect, test } from "vitest";
import { findPlaces } from "./findPlaces.js";

const pages = [
  ["/", "Overview"],
  ["/sweeps", "Sweeps"],
] as const;
const best = { runId: "r3", number: 3 } as never;
const sweeps = [
  { id: "s1", name: "Fashion: rates × depth", best },
  { id: "s2", name: "rates again", best: null },
];
const labels = (text: string) => findPlaces(text, pages, sweeps).map(({ label }) => label);

test("nothing typed offers pages and sweeps", () => {
  expect(labels("")).toEqual(["Overview", "Sweeps", "Fashion: rates × depth", "rates again"]);
});

test("every word counts, whatever its case and place", () => {
  expect(labels("RATES fash")).toEqual([
    "Fashion: rates × depth",
    "run 3 of Fashion: rates × depth",
  ]);
  expect(labels("nothing like it")).toEqual([]);
});

test("a comparison is offered as a filter of runs", () => {
  expect(findPlaces("params.depth >= 2 ", pages, sweeps)).toEqual([
    expect.objectContaining({ to: "/runs", search: { filter: "params.depth >= 2" } }),
  ]);
});

test("a thousand sweeps make no endless list", () => {
  const many = Array.from({ length: 1000 }, (_, n) => ({ id: `${n}`, name: `s${n}`, best: null }));
  expect(findPlaces("", pages, many)).toHaveLength(12);
});
