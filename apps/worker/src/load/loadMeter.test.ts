import { expect, test } from "vitest";
import { LoadMeter } from "./loadMeter.js";
import { readProcesses } from "./processTable.js";

const row = (pid: number, parent: number, cpuMs: number, bytes = 10, group = pid) => ({
  pid,
  parent,
  group,
  bytes,
  cpuMs,
});

test("the load of a tree is what its processes took between two looks", () => {
  const meter = new LoadMeter();
  const first = [row(1, 0, 50), row(2, 1, 1_000), row(3, 2, 0), row(9, 0, 500)];
  expect(meter.look(first, [2], 0)).toEqual([{ cpuCores: 0, memoryBytes: 20 }]);
  // 3 has ended, 4 has come as its own group's leader, 9 belongs to somebody else.
  const second = [row(1, 0, 60), row(2, 1, 3_000), row(4, 2, 1_000, 30), row(9, 0, 9_000)];
  expect(meter.look(second, [2, 9, 77], 2_000)).toEqual([
    { cpuCores: 1.5, memoryBytes: 40 },
    { cpuCores: 4.25, memoryBytes: 10 },
    { cpuCores: 0, memoryBytes: 0 },
  ]);
});

test("a pid that is given to another process counts no CPU below zero", () => {
  const meter = new LoadMeter();
  meter.look([row(2, 1, 5_000)], [2], 0);
  expect(meter.look([row(2, 1, 10)], [2], 1_000)[0]?.cpuCores).toBe(0);
});

test("this process is in the table, with memory and CPU time", async () => {
  const own = (await readProcesses()).find(({ pid }) => pid === process.pid);
  expect(own?.bytes).toBeGreaterThan(10e6);
  expect(own?.cpuMs).toBeGreaterThan(0);
  expect(own?.parent).toBe(process.ppid);
});
