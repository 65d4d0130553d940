import { Space, TpeSamplerConfig } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { longHistory } from "./conformanceArbitraries.js";
import { createSampler } from "./createSampler.js";
import { gridSampler } from "./grid.js";
import { createPartialFixedSampler } from "./partialFixed.js";
import { createTpeSampler } from "./tpe.js";
import { violations } from "./violations.js";

const space = Space.parse({
  depth: { type: "int", low: 1, high: 3 },
  tail: { type: "int", low: 0, high: 9, when: { param: "depth", op: ">=", value: 2 } },
  rate: { type: "float", low: 1e-4, high: 1, log: true },
});
const goal = { direction: "minimize" } as const;
const tpe = createTpeSampler(TpeSamplerConfig.parse({ name: "tpe" }), goal);

describeSampler(
  "partial_fixed tpe",
  createPartialFixedSampler({ depth: 2, optimizer: "SGD", momentum: 0.9 }, tpe),
  { seeds: 10 },
);

test("fixed params keep their value, the others are chosen, and none leaves the space", () => {
  const sampler = createPartialFixedSampler({ depth: 2, tail: 4 }, tpe);
  for (let seed = 0; seed < 50; seed++) {
    const params = sampler.ask(space, longHistory(space, 60), seed)?.params ?? {};
    expect(params).toMatchObject({ depth: 2, tail: 4 });
    expect(violations(space, params)).toEqual([]);
  }
});

test("a fixed param that is not active stays absent", () => {
  const sampler = createPartialFixedSampler({ depth: 1, tail: 4 }, tpe);
  expect(sampler.ask(space, [], 1)?.params).not.toHaveProperty("tail");
});

test("a value that its dimension no longer has is chosen anew, and the reason says so", () => {
  const suggestion = createPartialFixedSampler({ depth: 7 }, tpe).ask(space, [], 1);
  expect(violations(space, suggestion?.params ?? {})).toEqual([]);
  expect(suggestion?.reason).toMatchObject({ fixed: "depth", no_longer_fixed: "depth" });
});

test("a grid goes through the cells that are left", () => {
  const countable = Space.parse({
    a: { type: "int", low: 1, high: 3 },
    b: { type: "categorical", choices: ["x", "y"] },
  });
  const sampler = createPartialFixedSampler({ a: 2 }, gridSampler);
  const history = [];
  for (let number = 0; number < 3; number++) {
    const suggestion = sampler.ask(countable, history, 0);
    if (suggestion === null) break;
    history.push({ number, params: suggestion.params, state: "queued" as const, value: null });
  }
  expect(history.map(({ params }) => params)).toEqual([
    { a: 2, b: "x" },
    { a: 2, b: "y" },
  ]);
});

test("is made by its name", () => {
  const sampler = createSampler(
    { name: "partial_fixed", params: { depth: 3 }, sampler: { name: "random" } },
    goal,
  );
  expect(sampler.ask(space, [], 3)).toMatchObject({
    params: { depth: 3 },
    reason: { sampler: "random", fixed: "depth" },
  });
});
