import { describe, expect, test } from "vitest";
import { choicesOf, clausesOf, rangeOf, withChoices, withoutClause, withRange } from "./clauses.js";

const lr = { kind: "param", name: "lr" } as const;
const state = { kind: "column", name: "state" } as const;

describe("the page's selection", () => {
  test("is one clause for each part that has to hold", () => {
    const text = "params.lr >= 0.1 and (state = pruned or state = failed) and not tags = old";
    expect(clausesOf(text).map((clause) => clause.text)).toEqual([
      "params.lr >= 0.1",
      "state = pruned or state = failed",
      "not tags = old",
    ]);
    expect(withoutClause(text, 1)).toBe("params.lr >= 0.1 and not tags = old");
    expect(withoutClause("number > 1", 0)).toBe("");
  });

  test("a text that can't be read has none", () => {
    expect(clausesOf("params.lr >=")).toEqual([]);
    expect(clausesOf("")).toEqual([]);
  });

  test("a brush replaces what was said of its axis, and keeps the rest", () => {
    const once = withRange("state = completed", lr, [0.001, 0.1]);
    expect(once).toBe("state = completed and params.lr >= 0.001 and params.lr <= 0.1");
    expect(rangeOf(once, lr)).toEqual([0.001, 0.1]);
    const twice = withRange(once, lr, [0.01, 0.02]);
    expect(rangeOf(twice, lr)).toEqual([0.01, 0.02]);
    expect(withRange(twice, lr, null)).toBe("state = completed");
  });

  test("choices are one value, a list, or all", () => {
    expect(withChoices("", state, ["pruned"])).toBe("state = pruned");
    const two = withChoices("number > 3", state, ["pruned", "two words"]);
    expect(two).toBe('number > 3 and state in (pruned, "two words")');
    expect(choicesOf(two, state)).toEqual(["pruned", "two words"]);
    expect(withChoices(two, state, null)).toBe("number > 3");
    expect(choicesOf("number > 3", state)).toBeNull();
  });
});
