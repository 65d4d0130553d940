import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import type { Observation } from "../observation.js";
import { randomSampler } from "../random.js";
import { partialDependence, surrogate } from "./surrogate.js";

const space = Space.parse({
  rate: { type: "float", low: 1e-4, high: 1, log: true },
  depth: { type: "int", low: 1, high: 4 },
  kind: { type: "categorical", choices: ["a", "b", "c"] },
  tail: {
    type: "int",
    low: 16,
    high: 512,
    log: true,
    when: { param: "depth", op: ">=", value: 3 },
  },
});

const truth = { rate: (rate: number) => (Math.log10(rate) + 2) ** 2, kind: { a: 0, b: 2, c: 5 } };

const history: Observation[] = [];
for (let number = 0; number < 300; number++) {
  const params = randomSampler.ask(space, history, 1)?.params ?? {};
  const kind = truth.kind[params.kind as keyof typeof truth.kind];
  history.push({
    number,
    params,
    state: "completed",
    value: 100 + truth.rate(Number(params.rate)) + kind + Number(params.depth),
  });
}

test("partial dependence comes near what an additive function does along each dimension", () => {
  const curves = partialDependence({ space, history }, { points: 9 });
  expect(curves.map(({ name }) => name).sort()).toEqual(["depth", "kind", "rate", "tail"]);
  // The means of what the others add: (log rate + 2)² 4/3, kinds 7/3, depths 2.5.
  const rate = curves.find(({ name }) => name === "rate");
  expect(rate?.scale).toBe("log");
  for (const [index, value] of (rate?.values ?? []).entries())
    expect(rate?.mean[index]).toBeCloseTo(100 + truth.rate(Number(value)) + 7 / 3 + 2.5, -0.3);
  const kind = curves.find(({ name }) => name === "kind");
  expect(kind?.values).toEqual(["a", "b", "c"]);
  for (const [index, effect] of [0, 2, 5].entries())
    expect(kind?.mean[index]).toBeCloseTo(100 + effect + 4 / 3 + 2.5, -0.3);
  expect(kind?.spread.every((deviation) => deviation > 0 && deviation < 1)).toBe(true);
  const tail = curves.find(({ name }) => name === "tail");
  expect(tail?.runs).toBeLessThan(200);
  expect(tail?.values[0]).toBe(16);
});

test("a surrogate's rows are y, its columns x", () => {
  const plane = surrogate({ space, history }, ["rate", "kind"], { points: 5 });
  expect(plane?.mean).toHaveLength(3);
  const [a, , c] = plane?.mean ?? [];
  expect(a).toHaveLength(5);
  expect(Number(c?.[2]) - Number(a?.[2])).toBeCloseTo(5, -0.3);
  expect(Number(a?.[0]) - Number(a?.[2])).toBeCloseTo(4, -0.3);
});

test("a surrogate of a conditional dimension is of the runs that have it", () => {
  const plane = surrogate({ space, history }, ["tail", "depth"]);
  expect(plane?.runs).toBeLessThan(200);
  expect(plane?.x.scale).toBe("log");
});

test("too few runs make no plane", () => {
  expect(surrogate({ space, history: history.slice(0, 9) }, ["rate", "kind"])).toBeNull();
});
