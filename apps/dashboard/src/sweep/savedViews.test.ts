import { expect, test } from "vitest";
import { readViews, renamed, withoutView, withView } from "./savedViews.js";

const deep = { name: "deep", search: { filter: "params.depth >= 3", sort: "-objective" } };

test("a view is kept without its ticks, in the order of names, and replaced by its like", () => {
  const views = withView([deep], { name: " all 2 ", search: { selected: ["a"], log: true } });
  expect(views).toEqual([{ name: "all 2", search: { log: true } }, deep]);
  expect(withView(views, { name: "deep", search: {} })[1]).toEqual({ name: "deep", search: {} });
  expect(withView(views, { name: "  ", search: {} })).toEqual(views);
});

test("views are renamed and deleted by name", () => {
  expect(renamed([deep], "deep", "deeper")).toEqual([{ ...deep, name: "deeper" }]);
  expect(renamed([deep], "deep", " ")).toEqual([deep]);
  expect(renamed([deep], "other", "x")).toEqual([deep]);
  expect(withoutView([deep], "deep")).toEqual([]);
});

test("what can't be read is as if it were absent", () => {
  expect(readViews(JSON.stringify([deep]))[0]?.search).toMatchObject(deep.search);
  expect(readViews(null)).toEqual([]);
  expect(readViews("{")).toEqual([]);
  expect(readViews('{"name": "x"}')).toEqual([]);
  expect(readViews('[1, null, {"name": ""}, {"name": "x", "search": {"smooth": "<b>"}}]')).toEqual([
    { name: "x", search: expect.objectContaining({ smooth: undefined }) },
  ]);
});
