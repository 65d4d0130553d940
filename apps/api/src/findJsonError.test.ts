import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findJsonError } from "./findJsonError.js";

const refuses = (text: string) => {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
};

describe("findJsonError", () => {
  test.each([
    ["", 0, "a value"],
    ["  ", 2, "a value"],
    ["{name: 1}", 1, "a field's name in double quotes"],
    ['{"a" 1}', 5, '":"'],
    ['{"a": }', 6, "a value"],
    ['{"a": 1,}', 8, "a field's name in double quotes"],
    ['{"a": 1 "b": 2}', 8, '"," or "}"'],
    ["[1, 2", 5, '"," or "]"'],
    ["[1, ]", 4, "a value"],
    ["{} x", 3, "the end"],
    ['{"a": tru}', 6, "a value"],
    ['"a\nb"', 0, "a value"],
    ["01", 1, "the end"],
    ["'a'", 0, "a value"],
    ["[[[]]", 5, '"," or "]"'],
  ])("%j fails at %i, where %s is expected", (text, at, expected) => {
    expect(refuses(text)).toBe(true);
    expect(findJsonError(text)).toEqual({ at, expected });
  });

  test("finds nothing in what JSON.parse accepts", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonError(text)).toEqual({ at: text.length, expected: "the end" });
      }),
    );
  });

  test("a truncated object fails where it stops or where its last token began", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        const whole = `{"a":${json}}`;
        const text = whole.slice(0, cut % whole.length);
        const { at } = findJsonError(text);
        expect(at).toBeLessThanOrEqual(text.length);
        // What comes before is right: the whole text goes on from there without an error.
        expect(whole.startsWith(text.slice(0, at))).toBe(true);
      }),
    );
  });

  test("deep nesting and long strings do no harm", () => {
    expect(findJsonError("[".repeat(1_000_000)).at).toBe(1_000_000);
    expect(findJsonError(`["${"é\\n".repeat(1_000_000)}"`).expected).toBe('"," or "]"');
  });
});
