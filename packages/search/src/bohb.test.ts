import { BohbSamplerConfig, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { createBohbSampler } from "./bohb.js";
import { describeSampler } from "./conformance.js";
import type { Observation } from "./observation.js";

const sampler = (options: object = {}) =>
  createBohbSampler(BohbSamplerConfig.parse({ name: "bohb", ...options }), {
    direction: "minimize",
  });

describeSampler("bohb", sampler(), { seeds: 10 });

const space = Space.parse({
  x: { type: "float", low: 0, high: 1 },
  kind: { type: "categorical", choices: ["a", "b", "c", "d"] },
});

/** Runs that were stopped at the rung that `steps` names, with the truth there. */
const history = (count: number, steps: number): Observation[] =>
  Array.from({ length: count }, (_, number) => {
    const [x, kind] = [((number * 7) % count) / count, "abcd"[number % 4] ?? "a"];
    const value = (x - 0.7) ** 2 + (kind === "c" ? 0 : 1);
    const points = Array.from({ length: steps }, (_, step) => ({ step, value }));
    return { number, params: { x, kind }, state: "pruned", value: null, points };
  });

test("proposes what the good runs of the highest rung that has enough are like", () => {
  const runs = [...history(40, 3)];
  const proposals = Array.from({ length: 40 }, (_, seed) =>
    sampler({ random_fraction: 0 }).ask(space, runs, seed),
  );
  expect(proposals.every((proposal) => proposal?.reason.rung === 1)).toBe(true);
  expect(proposals[0]?.reason.rung_steps).toBe(3);
  const near = proposals.filter(
    (proposal) => proposal?.params.kind === "c" && Math.abs(Number(proposal.params.x) - 0.7) < 0.25,
  );
  expect(near.length).toBeGreaterThan(30);
});

test("goes down a rung while too few runs have got further", () => {
  const further = history(4, 9).map((run) => ({ ...run, number: run.number + 100 }));
  const proposal = sampler({ random_fraction: 0 }).ask(space, [...history(20, 1), ...further], 1);
  expect(proposal?.reason).toMatchObject({ rung: 0, rung_steps: 1 });
});

test("proposes a third at random, and all until there are runs to learn from", () => {
  const random = Array.from({ length: 300 }, (_, seed) =>
    sampler().ask(space, history(40, 3), seed),
  ).filter((proposal) => proposal?.reason.random === true).length;
  expect(random).toBeGreaterThan(70);
  expect(random).toBeLessThan(130);
  expect(sampler().ask(space, history(4, 3), 1)?.reason).toMatchObject({
    random: true,
    why: "no rung has runs enough",
  });
});
