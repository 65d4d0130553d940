import { expect, test } from "vitest";
import { AppError } from "./appError.js";
import { requirePlainJson } from "./requirePlainJson.js";

function refusal(value: unknown) {
  try {
    requirePlainJson(value);
  } catch (error) {
    if (error instanceof AppError) return error.errors[0];
    throw error;
  }
  return undefined;
}

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
};

test("a NUL character is found wherever it is", () => {
  expect(refusal({ name: "a\0b" })).toMatchObject({ path: "name", rule: "nul_character" });
  expect(refusal({ tags: ["a", "\0"] })).toMatchObject({ path: "tags.1" });
  expect(refusal({ plan: { "a\0": 1, b: { "c\0": "d" } } })).toMatchObject({ path: "plan.b.c␀" });
  expect(refusal("\0")).toMatchObject({ path: "" });
});

test("half a character is refused, a whole one is not", () => {
  expect(refusal({ name: "a\ud800b" })).toMatchObject({ path: "name", rule: "lone_surrogate" });
  expect(refusal({ name: "👗" })).toBeUndefined();
});

test("nesting without end is refused, at any depth without running out of stack", () => {
  expect(refusal(nested(60))).toBeUndefined();
  expect(refusal(nested(100_000))).toMatchObject({ path: "a.a.a", rule: "too_deep" });
});

test("plain values pass", () => {
  for (const value of [null, 1, "text", true, [], {}, { a: [1, { b: "ü" }] }, undefined])
    expect(refusal(value)).toBeUndefined();
});
