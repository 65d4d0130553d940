import { SamplerConfig, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { createSampler } from "./createSampler.js";

const space = Space.parse({ depth: { type: "int", low: 1, high: 3 } });

test.each([
  { name: "cmaes" },
  { name: "grid" },
  { name: "halton" },
  { name: "random" },
  { name: "sobol" },
  { name: "latin_hypercube", samples: 9 },
  { name: "tpe" },
  { name: "gp" },
  { name: "nsgaii" },
  { name: "nsgaiii" },
  { name: "de" },
  { name: "dehb" },
  { name: "pbt" },
  { name: "bohb" },
])("$name names its sampler in the reason", (config) => {
  const sampler = createSampler(SamplerConfig.parse(config), { direction: "maximize" });
  expect(sampler.ask(space, [], 0)?.reason.sampler).toBe(config.name);
});

test("the first runs of a sweep draw on, whether numbered from 0 or from 1", () => {
  const sampler = createSampler({ name: "random" }, { direction: "maximize" });
  const draws = (first: number) =>
    [0, 1, 2].map((count) => {
      const history = Array.from({ length: count }, (_, index) => ({
        number: first + index,
        params: {},
        state: "queued" as const,
        value: null,
      }));
      return sampler.ask(space, history, 0)?.reason.draw;
    });
  expect([draws(0), draws(1)]).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});
