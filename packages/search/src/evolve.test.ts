import { PbtSamplerConfig, Space } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { anyHistory, anySpace } from "./conformanceArbitraries.js";
import { evolve } from "./evolve.js";
import type { Observation } from "./observation.js";
import { pbtSampler } from "./pbt.js";
import { violations } from "./violations.js";

describeSampler("pbt", pbtSampler);

const space = Space.parse({
  lr: { type: "float", low: 1e-4, high: 1e-1, log: true },
  batch: { type: "ordinal", choices: [16, 32, 64, 128] },
  optimizer: { type: "categorical", choices: ["SGD", "Adam", "RMSprop"] },
  units: { type: "int", low: 16, high: 512 },
});
const options = (settings: object = {}) => PbtSamplerConfig.parse({ name: "pbt", ...settings });

const member = (number: number, values: (number | null)[], more: Partial<Observation> = {}) => ({
  number,
  params: { lr: 10 ** (-1 - number / 4), batch: 32, optimizer: "Adam", units: 100 + number },
  state: "running" as const,
  value: null,
  points: values.map((value, step) => ({ step, value })),
  ...more,
});

/** Losses at step 1: member n has n / 10. */
const population: Observation[] = Array.from({ length: 8 }, (_, number) =>
  member(number, [1, number / 10]),
);
const decide = (number: number, settings: object = {}, history = population) =>
  evolve(space, { history, number, direction: "minimize", options: options(settings), seed: 5 });

test("the worst quarter goes on from the best quarter, the others as they are", () => {
  const kinds = population.map(({ number }) => decide(number).kind);
  expect(kinds).toEqual([...Array(6).fill("continue"), "exploit", "exploit"]);
  for (const number of [6, 7]) {
    const decision = decide(number);
    if (decision.kind !== "exploit") throw new Error("it is among the worst");
    expect([0, 1]).toContain(decision.copyFrom);
    expect(decision.reason).toMatchObject({ sampler: "pbt", step: 1, rank: number + 1, of: 8 });
    expect(violations(space, decision.params)).toEqual([]);
  }
});

test("maximising turns it round", () => {
  const decision = evolve(space, {
    history: population,
    number: 0,
    direction: "maximize",
    options: options(),
    seed: 5,
  });
  expect(decision).toMatchObject({ kind: "exploit" });
});

test("a number is multiplied by a factor, an ordered choice moves to a neighbour, another choice changes", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const settings = options({ resample_probability: 0 });
    const decision = evolve(space, {
      history: population,
      number: 7,
      direction: "minimize",
      options: settings,
      seed,
    });
    if (decision.kind !== "exploit") throw new Error("it is among the worst");
    const source = population[decision.copyFrom]?.params ?? {};
    const ratio = Number(decision.params.lr) / Number(source.lr);
    const clipped = decision.params.lr === 0.1;
    expect(clipped || Math.abs(ratio - 1.2) < 1e-9 || Math.abs(ratio - 0.8) < 1e-9).toBe(true);
    expect([16, 64]).toContain(decision.params.batch);
    expect(["SGD", "RMSprop"]).toContain(decision.params.optimizer);
    seen.add(`${decision.copyFrom} ${decision.params.batch} ${decision.params.optimizer}`);
  }
  expect(seen.size).toBe(8);
});

test("what may not change stays as the copied run has it", () => {
  const decision = decide(7, { hyperparam_mutations: ["lr"] });
  if (decision.kind !== "exploit") throw new Error("it is among the worst");
  const { lr, ...rest } = decision.params;
  const { lr: sourceLr, ...sourceRest } = population[decision.copyFrom]?.params ?? {};
  expect(rest).toEqual(sourceRest);
  expect(lr).not.toBe(sourceLr);
});

describe("goes on as it is", () => {
  test("between two comparisons", () => {
    expect(decide(7, { perturbation_interval: 2 }).kind).toBe("exploit");
    expect(decide(7, { perturbation_interval: 3 }).kind).toBe("continue");
  });

  test("without a report, alone, or with a share of nobody", () => {
    expect(decide(9, {}, [...population, member(9, [])]).kind).toBe("continue");
    expect(decide(0, {}, population.slice(0, 1)).kind).toBe("continue");
    expect(decide(7, { quantile_fraction: 0 }).kind).toBe("continue");
  });

  test("where all are as good as each other", () => {
    const equal = population.map((run) => ({ ...run, points: [{ step: 0, value: 1 }] }));
    expect(equal.map(({ number }) => decide(number, {}, equal).kind)).not.toContain("exploit");
  });
});

test("failed, diverged and excluded runs are never copied, nor is one without a number", () => {
  const history = population.map((run, index): Observation => {
    if (index === 0) return { ...run, state: "diverged" };
    if (index === 1) return { ...run, excluded: true };
    if (index === 2) return { ...run, points: [{ step: 1, value: Number.NaN }] };
    return run;
  });
  const decision = decide(7, {}, history);
  expect(decision).toMatchObject({ kind: "exploit" });
  expect([3, 4]).toContain(decision.kind === "exploit" ? decision.copyFrom : null);
  expect(decide(2, {}, history).kind).toBe("exploit");
});

test("changed params lie in any space, and the same arguments give the same answer", () => {
  const cases = anySpace({ countableOnly: false }).chain((any) =>
    fc.record({ any: fc.constant(any), history: anyHistory(any), seed: fc.nat() }),
  );
  fc.assert(
    fc.property(cases, ({ any, history, seed }) => {
      for (const { number } of history) {
        const task = { history, number, direction: "minimize", options: options(), seed } as const;
        const decision = evolve(any, task);
        expect(evolve(any, { ...task, history: history.toReversed() })).toEqual(decision);
        if (decision.kind === "exploit") expect(violations(any, decision.params)).toEqual([]);
      }
    }),
  );
});
