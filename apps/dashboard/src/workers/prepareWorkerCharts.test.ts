import { expect, test } from "vitest";
import { prepareWorkerCharts } from "./prepareWorkerCharts.js";

const load = {
  origin: "2026-11-25T12:00:00Z",
  at: [0, 15_000],
  cpuCores: [0.5, 1.75],
  memoryBytes: [2 ** 30, 3 * 2 ** 30],
  workerId: "w",
  workerName: "north",
  slots: 2,
  busy: [1, 2],
  machineCores: 8,
  machineMemoryBytes: 16 * 2 ** 30,
};

test("utilisation is drawn against all cores of the machine, memory in GiB", () => {
  const { utilisation, memory } = prepareWorkerCharts(load, 60_000);
  expect(utilisation?.y.max).toBeGreaterThanOrEqual(8);
  expect(utilisation?.y.title).toBe("of 8 cores, 2 slots");
  expect(memory?.lines[0]?.values).toEqual([1, 3]);
  expect(memory?.y.title).toBe("GiB, of 16.00");
});

test("a worker that has not told its machine is drawn all the same", () => {
  const unknown = { ...load, machineCores: null, machineMemoryBytes: null };
  const { utilisation, memory } = prepareWorkerCharts(unknown, 60_000);
  expect([utilisation?.y.title, memory?.y.title]).toEqual(["cores, slots", "GiB"]);
});
