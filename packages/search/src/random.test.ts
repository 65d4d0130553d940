import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import type { Observation } from "./observation.js";
import { randomSampler } from "./random.js";

describeSampler("random", randomSampler);

test("spreads a log dimension evenly over its decades", () => {
  const space = Space.parse({ learning_rate: { type: "float", low: 1e-4, high: 1e-1, log: true } });
  const perDecade = [0, 0, 0];
  for (let number = 0; number < 3000; number++) {
    const history: Observation[] = [{ number, params: {}, state: "queued", value: null }];
    const rate = Number(randomSampler.ask(space, history, 0)?.params.learning_rate);
    const decade = Math.floor(Math.log10(rate)) + 4;
    perDecade[decade] = (perDecade[decade] ?? 0) + 1;
  }
  // Four standard deviations of a binomial(3000, 1/3) are 103.
  for (const count of perDecade) expect(Math.abs(count - 1000)).toBeLessThan(103);
});

test("gives every integer, both ends included, an equal share", () => {
  const space = Space.parse({ depth: { type: "int", low: 1, high: 5 } });
  const counts = new Map<unknown, number>();
  for (let seed = 0; seed < 5000; seed++) {
    const depth = randomSampler.ask(space, [], seed)?.params.depth;
    counts.set(depth, (counts.get(depth) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(114);
});
