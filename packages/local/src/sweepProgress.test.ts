import { expect, test } from "vitest";
import { prepareProgress } from "./sweepProgress.js";
import { runView, sweepView } from "./viewsForTesting.js";

const ENDED = "2026-01-01T00:01:00.000Z";
const screen = { columns: 120, rows: 30, isColored: false, dashboardUrl: "http://127.0.0.1:1" };

test("shows the sweep, each run's epochs and score, the best so far and what is to come", () => {
  const runs = [
    runView(1, { state: "completed", epoch: 15, objective: 0.8912, endedAt: ENDED }),
    runView(2, { state: "running", epoch: 5, objective: 0.86, params: { learning_rate: 0.003 } }),
  ];
  const best = {
    runId: runs[0]?.id ?? "",
    number: 1,
    name: "run 1",
    params: { learning_rate: 0.001, depth: 2 },
    metric: "val_accuracy",
    value: 0.8912,
    point: null,
    test: null,
  };
  const { block, line } = prepareProgress({
    sweep: sweepView({ epochsDone: 20, epochsPlanned: 30, best }),
    runs,
    epochsPerRun: 15,
    secondsLeft: 75,
    ...screen,
  });
  expect(block).toMatchInlineSnapshot(`
    "a sweep
    [████░░░░░░░░░░░░░░░░░░░░░░░░░░] 1 of 9 runs, 20 of 135 epochs, 1 min 15 s left

       1  learning_rate 0.001, depth 2   completed [███████████████]  15/15  val_accuracy 0.8912
       2  learning_rate 0.003            running   [█████░░░░░░░░░░]   5/15  val_accuracy 0.8600
      … 7 more to come

    Best so far: run 1 (learning_rate 0.001, depth 2), val_accuracy 0.8912
    Dashboard: http://127.0.0.1:1   Ctrl-C stops everything"
  `);
  expect(line).toMatchInlineSnapshot(
    `"1 of 9 runs, 20 of 135 epochs, 1 min 15 s left; best so far: run 1 (learning_rate 0.001, depth 2), val_accuracy 0.8912"`,
  );
});

test("on a low terminal the runs that train stay in sight", () => {
  const runs = Array.from({ length: 40 }, (_, index) =>
    index === 30
      ? runView(31, { state: "running", epoch: 3 })
      : runView(index + 1, { state: "completed", epoch: 15, endedAt: ENDED }),
  );
  const { block } = prepareProgress({
    sweep: sweepView({ plannedRuns: 40 }),
    runs,
    epochsPerRun: 15,
    secondsLeft: null,
    ...screen,
    rows: 14,
  });
  const lines = block.split("\n");
  expect(lines.length).toBeLessThanOrEqual(14);
  expect(lines.filter((line) => line.includes("running"))).toHaveLength(1);
  expect(block).toContain("34 more not shown");
});

test("no line is wider than the terminal, colours left aside", () => {
  const { block } = prepareProgress({
    sweep: sweepView({ name: "n".repeat(200) }),
    runs: [runView(1, { state: "running", objective: 0.5 })],
    epochsPerRun: 15,
    secondsLeft: 4000,
    ...screen,
    columns: 40,
    isColored: true,
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
  const plain = block.replaceAll(/\x1b\[\d+m/g, "");
  expect(plain).not.toBe(block);
  expect(Math.max(...plain.split("\n").map((line) => line.length))).toBe(40);
});

test("says why a run that had begun waits again, such as a full disk", () => {
  const stateReason = "attempt 1 failed: the disk is full; tried again after 4 s";
  const input = {
    sweep: sweepView({ epochsDone: 0, epochsPlanned: 30 }),
    epochsPerRun: 15,
    secondsLeft: null,
    ...screen,
  };
  const troubled = prepareProgress({
    ...input,
    runs: [runView(1, { state: "queued", attempt: 1, stateReason })],
  });
  expect(troubled.block).toContain(`run 1 waits: ${stateReason}`);
  expect(troubled.line).toContain(`run 1 waits: ${stateReason}`);
  const fresh = prepareProgress({
    ...input,
    runs: [runView(1, { state: "queued", attempt: 0, stateReason: "waits for a slot" })],
  });
  expect(fresh.line).not.toContain("waits:");
});
