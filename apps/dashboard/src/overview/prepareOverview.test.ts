import type { RunView, SweepView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { gpusInUse, prepareThroughput, shownSweeps } from "./prepareOverview.js";

const now = Date.parse("2026-11-25T12:00:00Z");
const ended = (minutes: number) => ({ endedAt: new Date(now - minutes * 60_000).toISOString() });

test("rates of running runs add up; one that has not told counts nothing", () => {
  const running: Pick<RunView, "metrics">[] = [
    { metrics: { samples_per_second: 1000 } },
    { metrics: {} },
    { metrics: { samples_per_second: 500 } },
  ];
  expect(prepareThroughput(running, [], 100, now).rowsPerSecond).toBe(1500);
  expect(prepareThroughput([{ metrics: {} }], [], 100, now).rowsPerSecond).toBeNull();
});

test("an hour ends after an hour, and a full page says that there may be more", () => {
  const runs = [ended(1), ended(59), ended(61)];
  expect(prepareThroughput([], runs, 100, now)).toMatchObject({
    endedLastHour: 2,
    isAtLeast: false,
  });
  expect(prepareThroughput([], runs.slice(0, 2), 2, now).isAtLeast).toBe(true);
});

test("active sweeps go before finished ones, which stand in where there are none", () => {
  const sweep = (state: SweepView["state"]) => ({ state }) as SweepView;
  expect(shownSweeps([sweep("completed"), sweep("paused")], 5)).toMatchObject({
    isActive: true,
    items: [{ state: "paused" }],
  });
  expect(shownSweeps([sweep("completed"), sweep("cancelled")], 1).items).toHaveLength(1);
});

test("a slot counts as a GPU in use while its engine computes on one", () => {
  const slot = (device: string, runId: string | null) => ({
    slot: 0,
    device,
    runId,
    runName: null,
  });
  const slots = [
    slot("@tensorflow/tfjs-node-gpu 4.22.0 (TensorFlow 2.9.1), gpu", "a"),
    slot("@tensorflow/tfjs-node-gpu 4.22.0 (TensorFlow 2.9.1), cpu", "b"),
    slot("cpu", "c"),
    slot("onnxruntime cuda", null),
  ];
  expect(gpusInUse([{ slots }, { slots: [] }])).toBe(1);
});
