import { expect, test } from "vitest";
import { explainFilter, pointOut } from "./explainFilter.js";

test("says after which words the filter stops making sense", () => {
  expect(explainFilter("params.depth >")).toBe("a value is expected, after “params.depth >”");
  expect(explainFilter("colour = red")).toMatch(/^"colour" is no field/);
  expect(explainFilter("colour = red")).not.toContain("⟨here⟩");
});

test("a filter that can be read, and none at all, need no word", () => {
  expect(explainFilter("params.depth >= 2")).toBeNull();
  expect(explainFilter("  ")).toBeNull();
});

test("a long filter is cut before the place, another message is left alone", () => {
  expect(pointOut(`why: ${"x".repeat(60)}⟨here⟩ y`)).toBe(`why, after “…${"x".repeat(24)}”`);
  expect(pointOut("no param is called depht")).toBe("no param is called depht");
});
