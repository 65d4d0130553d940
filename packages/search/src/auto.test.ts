import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { chooseSampler, createAutoSampler } from "./auto.js";
import { describeSampler } from "./conformance.js";
import { createSampler } from "./createSampler.js";
import { gridSampler } from "./grid.js";

const goal = { direction: "minimize" } as const;

// Spaces of few cells are a grid, which ends: more runs are asked for than that is chosen for.
describeSampler("auto of 200 runs", createAutoSampler({ runs: 0.5 }, goal, createSampler), {
  seeds: 5,
});

const float = { type: "float", low: 0, high: 1 };
const plain = Space.parse({ a: float, b: float });
const choice = { type: "categorical", choices: ["x", "y"] };

test.each([
  ["grid", "6 cells", { a: choice, b: { type: "int", low: 1, high: 3 } }, { runs: 6 }, 1],
  ["sobol", "at once", { a: float }, { runs: 16, parallelism: 16 }, 1],
  ["gp", "2 dimensions", plain, { runs: 60, parallelism: 4 }, 1],
  ["tpe", "Gaussian process bears", plain, { runs: 400 }, 1],
  ["tpe", "20 runs at a time", plain, { runs: 100, parallelism: 20 }, 1],
  ["cmaes", "2 numeric", plain, { runs: 2000 }, 1],
  [
    "tpe",
    "conditional",
    { a: choice, b: { ...float, when: { param: "a", op: "==", value: "x" } } },
    {},
    1,
  ],
  ["tpe", "without order", { a: choice, b: float }, {}, 1],
  [
    "tpe",
    "bound to each other",
    { a: float, b: { ...float, where: [{ op: "<=", right: "a" }] } },
    {},
    1,
  ],
  ["tpe", "too few", plain, { runs: 100 }, 2],
  ["nsgaii", "generations enough", plain, { runs: 600 }, 2],
  ["tpe", "the asha pruner stops runs early", plain, { runs: 60, pruner: "asha" }, 1],
  ["tpe", "the median pruner", plain, { runs: 2000, pruner: "median" }, 1],
  ["sobol", "at once", plain, { runs: 16, parallelism: 16, pruner: "hyperband" }, 1],
  ["gp", "keep to the constraints", plain, { runs: 60, constraints: 2 }, 1],
  ["tpe", "5 constraints", plain, { runs: 60, constraints: 5 }, 1],
  ["tpe", "2000 runs", plain, { runs: 2000, constraints: 1 }, 1],
  ["nsgaiii", "4 objectives", plain, { runs: 600 }, 4],
] as const)("chooses %s: %s", (name, says, space, options, objectives) => {
  const directions = Array.from({ length: objectives }, () => "minimize" as const);
  const { config, why } = chooseSampler(Space.parse(space), options, { ...goal, directions });
  expect(config.name).toBe(name);
  expect(why).toContain(says);
});

test("each run's reason tells the choice", () => {
  const sampler = createAutoSampler({ runs: 60 }, goal, createSampler);
  expect(sampler.ask(plain, [], 1)?.reason.auto).toMatch(/^gp: 2 dimensions/);
  const countable = Space.parse({ a: choice });
  expect(sampler.ask(countable, [], 1)?.params).toEqual(gridSampler.ask(countable, [], 1)?.params);
});
