import { PbtSamplerConfig, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { evolvePopulation, type Member } from "./evolvePopulation.js";
import { createPbtPruner } from "./pbtPruner.js";

const space = Space.parse({ lr: { type: "float", low: 1e-5, high: 1, log: true } });
const options = PbtSamplerConfig.parse({ name: "pbt", perturbation_interval: 3 });

const member = (number: number, value: number, changes: Partial<Member> = {}): Member => ({
  number,
  params: { lr: 0.01 * number },
  excluded: false,
  rungs: [value],
  pausedAtRung: 0,
  hasCheckpoint: true,
  ...changes,
});
const evolveAll = (members: readonly Member[]) =>
  evolvePopulation(space, { members, direction: "maximize", options, seed: 3 });

test("the worst copy the best, whatever the order of members, and the others go on", () => {
  const members = [0.9, 0.1, 0.8, 0.5].map((value, index) => member(index + 1, value));
  const moves = evolveAll(members);
  expect(moves.map(({ number, from }) => [number, from])).toEqual([
    [1, null],
    [2, 1],
    [3, null],
    [4, null],
  ]);
  const lr = Number(moves[1]?.params?.lr);
  expect([0.012, 0.008]).toContainEqual(expect.closeTo(lr, 10));
  expect(evolveAll(members.toReversed())).toEqual(moves);
});

test("a value that is no number is the worst; a member that lags is compared with none", () => {
  const members = [
    member(1, Number.NaN),
    member(2, 0.2),
    member(3, 0.9, { rungs: [0.9, 0.95], pausedAtRung: 1 }),
    member(4, 0.1, { pausedAtRung: null }),
  ];
  expect(evolveAll(members).map(({ number, from }) => [number, from])).toEqual([
    [1, 2],
    [2, null],
    [3, null],
  ]);
});

test("without a checkpoint to copy a member keeps its own, and says why", () => {
  const moves = evolveAll([member(1, 0.9, { hasCheckpoint: false }), member(2, 0.1)]);
  expect(moves[1]).toMatchObject({
    from: null,
    params: null,
    reason: { why: "run 1 has no checkpoint to copy" },
  });
});

test("a member waits each time it has trained the interval, at the last it passed if several", () => {
  const pruner = createPbtPruner(options);
  const at = (epochs: number, rungs: number[]) =>
    pruner.shouldPrune(
      {
        number: 1,
        state: "running",
        value: null,
        points: Array.from({ length: epochs }, (_, step) => ({ step, value: step / 10 })),
        rungs,
      },
      [],
      { direction: "maximize" },
    );
  expect(at(2, []).pause).toBeUndefined();
  expect(at(3, [])).toMatchObject({ prune: false, pause: { rung: 0 }, rungs: [0.2] });
  expect(at(4, [0.2]).pause).toBeUndefined();
  expect(at(10, [0.2])).toMatchObject({ pause: { rung: 2 }, rungs: [0.2, 0.9, 0.9] });
});
