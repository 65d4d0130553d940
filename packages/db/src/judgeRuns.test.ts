import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { finishRun } from "./finishRun.js";
import { type Asked, judgeByIndex, judgeRuns } from "./judgeRuns.js";
import { patchRun } from "./patchRun.js";
import { retryRun } from "./runActions.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  const { db } = database;
  const seeded = await seedProject(db);
  projectId = seeded.projectId;
  const sweep = await addSweep(db, projectId);
  const VALUES = [0.9, 0.7, 0.9, Number.NaN, 0.95, 0.99, 0.97, 0.2, null];
  const ids = await addSweepRuns(
    db,
    sweep.id,
    VALUES.map((_, index) => ({ x: index / 10 })),
  );
  for (const [index, value] of VALUES.entries()) {
    const id = ids[index] ?? "";
    if (value === null) continue;
    const owned = await claim(db, id, seeded.workerId);
    await report(db, owned, 1, value);
    const run = { runId: id, attempt: owned.attempt };
    if (index <= 3 || index === 5) await finishRun(db, run, completedWith(0.8));
    if (index === 4) await finishRun(db, run, { kind: "pruned", reason: "a test" });
    if (index === 6) {
      await finishRun(db, run, { kind: "failed", code: "x", message: "x", retryable: false });
      await retryRun(db, projectId, id, "ann");
    }
  }
  await patchRun(db, projectId, ids[5] ?? "", "ann", { excluded: "a test" });
});
afterAll(() => database?.drop());

const asked = (changes: Partial<Asked> = {}): Asked => ({
  projectId,
  sweepId: null,
  metric: "val_accuracy",
  direction: "maximize",
  filter: null,
  ...changes,
});

test("of completed runs that nobody has excluded the best counts, and each other one for a reason", async () => {
  expect(await judgeByIndex(database.db, asked())).toEqual({
    best: 0.9,
    passedOver: {
      excluded: 1,
      unsuccessful: 1,
      unfinished: 3,
      withoutMetric: 1,
      infeasible: 0,
      filtered: 0,
    },
  });
});

test.each([
  { metric: "val_accuracy", direction: "maximize" },
  { metric: "val_accuracy", direction: "minimize" },
  { metric: "test.accuracy", direction: "maximize" },
  { metric: "nobody has it", direction: "minimize" },
] as const)(
  "indexes tell of $metric ($direction) what a pass over all runs does",
  async (which) => {
    const pass = await judgeRuns(database.db, asked(which));
    expect(await judgeByIndex(database.db, asked(which))).toEqual(pass);
  },
);

test("where a sweep has constraints, each run is looked at", async () => {
  await addSweep(database.db, projectId, {
    constraints: [{ metric: "model_bytes", op: "<=", value: 1 }],
  });
  expect(await judgeByIndex(database.db, asked())).toBeNull();
  expect(await judgeRuns(database.db, asked())).toMatchObject({ best: 0.9 });
});
