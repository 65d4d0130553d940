import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { createLatinHypercubeSampler } from "./latinHypercube.js";
import type { Observation } from "./observation.js";

const sampler = createLatinHypercubeSampler({ samples: 20 });
describeSampler("latin hypercube", sampler);

const space = Space.parse({
  x: { type: "float", low: 0, high: 1 },
  y: { type: "float", low: 0, high: 1 },
  depth: { type: "int", low: 1, high: 5 },
});

function design(seed: number, designs: number) {
  const history: Observation[] = [];
  for (let number = 0; number < 20 * designs; number++) {
    const params = sampler.ask(space, history, seed)?.params ?? {};
    history.push({ number, params, state: "queued", value: null });
  }
  return history.map(({ params }) => params);
}

test("each stratum of each dimension holds one run of a design", () => {
  const points = design(3, 2);
  for (const part of [points.slice(0, 20), points.slice(20)]) {
    for (const name of ["x", "y"])
      expect(new Set(part.map((params) => Math.floor(Number(params[name]) * 20))).size).toBe(20);
    for (const depth of [1, 2, 3, 4, 5])
      expect(part.filter((params) => params.depth === depth)).toHaveLength(4);
  }
});

test("dimensions, designs and seeds are shuffled differently", () => {
  const order = (points: ReturnType<typeof design>, name: string) =>
    points.map((params) => Math.floor(Number(params[name]) * 20)).join();
  const points = design(3, 2);
  const orders = [
    order(points.slice(0, 20), "x"),
    order(points.slice(0, 20), "y"),
    order(points.slice(20), "x"),
    order(design(4, 1), "x"),
  ];
  expect(new Set(orders).size).toBe(4);
});
