import type { RunView } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { formatSort, holdOrder, orderRuns, parseSort, trainingTime } from "./orderRuns.js";

const run = (number: number, overrides: Partial<RunView> = {}) =>
  ({
    id: `r${number}`,
    sweepId: "s",
    number,
    name: `run ${number}`,
    state: "completed",
    objective: null,
    params: {},
    metrics: {},
    startedAt: null,
    trainMs: 0,
    ...overrides,
  }) as RunView;

const order = (runs: RunView[], sort: string) =>
  orderRuns(runs, parseSort(sort), 0).map((r) => r.number);

describe("orderRuns", () => {
  test("runs without an objective come last in either direction", () => {
    const runs = [run(1), run(2, { objective: 0.5 }), run(3, { objective: 0.9 }), run(4)];
    expect(order(runs, "-objective")).toEqual([3, 2, 1, 4]);
    expect(order(runs, "objective")).toEqual([2, 3, 1, 4]);
  });

  test("numbers in names count as numbers, params and metrics are columns", () => {
    const runs = [
      run(10, { params: { depth: 2 }, metrics: { val_loss: 0.3 } }),
      run(9, { params: { depth: 10 }, metrics: { val_loss: null } }),
      run(2, { params: {}, metrics: { val_loss: 0.2 } }),
    ];
    expect(order(runs, "name")).toEqual([2, 9, 10]);
    expect(order(runs, "-params.depth")).toEqual([9, 10, 2]);
    expect(order(runs, "metrics.val_loss")).toEqual([2, 10, 9]);
  });

  test("runs made in one instant go by number, the way round that the instants go", () => {
    const createdAt = "2026-11-23T12:00:00Z";
    const runs = [run(2, { createdAt }), run(10, { createdAt }), run(1, { createdAt })];
    expect(order(runs, "-createdAt")).toEqual([10, 2, 1]);
    expect(order(runs, "createdAt")).toEqual([1, 2, 10]);
    expect(order(runs, "-objective")).toEqual([1, 2, 10]);
  });

  test("states go in the order of a run's life", () => {
    const runs = [
      run(1, { state: "failed" }),
      run(2, { state: "queued" }),
      run(3, { state: "running" }),
    ];
    expect(order(runs, "state")).toEqual([2, 3, 1]);
  });
});

test("a held order stays, new runs follow it, and what would move is counted", () => {
  const [a, b, c] = [run(1), run(2), run(3)];
  expect(holdOrder([b, a], ["r1", "r2"])).toEqual({ runs: [a, b], moved: 2 });
  expect(holdOrder([a, b, c], ["r1", "r2"])).toEqual({ runs: [a, b, c], moved: 0 });
  expect(holdOrder([b], ["r1", "r2"]).runs).toEqual([b]);
});

test("a sort survives the address", () => {
  expect(formatSort(parseSort("-params.lr"))).toBe("-params.lr");
  expect(formatSort(parseSort("epoch"))).toBe("epoch");
});

test("a running run's time goes on by the clock, a finished one's does not", () => {
  const startedAt = "2026-11-23T12:00:00Z";
  const now = Date.parse("2026-11-23T12:01:00Z");
  expect(trainingTime(run(1, { state: "running", startedAt, trainMs: 10 }), now)).toBe(60_000);
  expect(trainingTime(run(1, { state: "completed", startedAt, trainMs: 10 }), now)).toBe(10);
  expect(trainingTime(run(1), now)).toBeNull();
});
