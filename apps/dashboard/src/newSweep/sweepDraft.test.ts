import { parseSweep } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import type { FieldSpec } from "./schemaFields.js";
import {
  changeVariant,
  fix,
  named,
  paramAt,
  readAt,
  starterDraft,
  usualDimension,
  vary,
  writeAt,
} from "./sweepDraft.js";

const field = (spec: Partial<FieldSpec>): FieldSpec => ({
  name: "units",
  kind: "integer",
  choices: [],
  least: null,
  most: null,
  isRequired: false,
  usual: undefined,
  ...spec,
});

test("what the form begins with is accepted, named by what varies", () => {
  const sweep = parseSweep(named(starterDraft("fashion-mnist")));
  expect(sweep).toMatchObject({ name: "learning_rate × depth", budget: { runs: 20 } });
  expect(named({ name: "mine", space: {} })).toEqual({ name: "mine", space: {} });
});

describe("writeAt", () => {
  test("makes what is missing on the way, and changes nothing of the old draft", () => {
    const old = { name: "a" };
    expect(writeAt(old, ["plan", "model", "depth"], 3)).toEqual({
      name: "a",
      plan: { model: { depth: 3 } },
    });
    expect(old).toEqual({ name: "a" });
  });

  test("reaches into lists, and takes their entries out", () => {
    const draft = { callbacks: [{ patience: 1 }, { patience: 2 }] };
    expect(writeAt(draft, ["callbacks", "1", "patience"], 5)).toEqual({
      callbacks: [{ patience: 1 }, { patience: 5 }],
    });
    expect(writeAt(draft, ["callbacks", "0"], undefined)).toEqual({ callbacks: [{ patience: 2 }] });
  });

  test("undefined takes a field out; the others keep their order", () => {
    const draft = writeAt({ a: 1, b: 2, c: 3 }, ["b"], undefined);
    expect(JSON.stringify(draft)).toBe('{"a":1,"c":3}');
    expect(JSON.stringify(writeAt({ a: 1, b: 2 }, ["a"], 9))).toBe('{"a":9,"b":2}');
  });
});

describe("a field that varies", () => {
  const path = ["plan", "model", "dropout"];
  const dropout = field({ name: "dropout", kind: "number", least: 0, most: 1, usual: 0 });
  const draft = { ...starterDraft("fashion-mnist"), name: "x" };

  test("gets a dimension of its name, and the sweep is still accepted", () => {
    const varied = vary(draft, path, dropout);
    expect(paramAt(varied, path)).toBe("dropout");
    expect(readAt(varied, ["space", "dropout"])).toMatchObject({ low: 0, high: 0.5 });
    parseSweep(varied);
  });

  test("takes another name where that one is taken", () => {
    const twice = vary(vary(draft, path, dropout), ["plan", "other", "dropout"], dropout);
    expect(paramAt(twice, ["plan", "other", "dropout"])).toBe("other_dropout");
  });

  test("is fixed again with no trace of it in the space", () => {
    const fixed = fix(vary(draft, path, dropout), "dropout");
    expect(fixed).toEqual(draft);
  });
});

test.each([
  [field({ kind: "boolean" }), undefined, { type: "categorical", choices: [false, true] }],
  [field({ kind: "choice", choices: ["", "a"] }), "a", { choices: [null, "a"] }],
  [field({ name: "learning_rate", kind: "loose" }), 0.001, { type: "float", log: true }],
  [field({ least: 1, most: 64 }), 2, { type: "int", low: 1, high: 4 }],
  [field({ least: 1, most: 3 }), 2, { low: 1, high: 3 }],
  [field({ kind: "number", least: 0, most: 1 }), 0.8, { low: 0, high: 0.9 }],
  [field({ kind: "loose", usual: [512, 256] }), undefined, { choices: [[512, 256]] }],
])("usual dimension %#", (spec, value, dimension) => {
  expect(usualDimension(spec, value)).toMatchObject(dimension);
});

test("another template keeps the fields it has too, and the space those of its dimensions", () => {
  const draft = starterDraft("fashion-mnist");
  const cnn = changeVariant(
    draft,
    ["plan", "model"],
    ["template", "cnn"],
    [field({ name: "units" }), field({ name: "blocks" })],
  );
  expect(readAt(cnn, ["plan", "model"])).toEqual({ template: "cnn", units: [512, 256, 128] });
  expect(Object.keys(cnn.space as object)).toEqual(["learning_rate"]);
});
