import { currentCursor, type EventBatch, readEvents, recordEvent } from "@sweepyard/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SharedEvents } from "./sharedEvents.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const changed = { type: "model.changed", model: "m" } as const;

test("streams that stand at the same place are read for once, and each one on its own elsewhere", async () => {
  const reads: string[] = [];
  const events = new SharedEvents((projectId, cursor) => {
    reads.push(cursor);
    return readEvents(api.db, projectId, cursor, 10);
  });
  const start = await currentCursor(api.db);
  await api.db.prisma.$transaction((tx) => recordEvent(tx, api.projectId, changed));
  const streams = Array.from({ length: 100 }, () => events.after(api.projectId, start));
  const batches = await Promise.all(streams);
  expect(reads).toEqual([start]);
  expect(batches[99]).toMatchObject({
    messages: [{ event: changed, text: expect.stringMatching(/^id: \d+-\d+\ndata: \{.*\}\n\n$/) }],
    more: false,
  });

  // A later look is a new one, and another project has its own.
  const next = batches[0]?.cursor ?? "";
  await Promise.all([events.after(api.projectId, next), events.after(api.projectId, start)]);
  expect(reads).toEqual([start, next, start]);
});

test("a read that fails, fails for those who share it, and the next one is tried anew", async () => {
  let away = true;
  const batch: EventBatch = { events: [], cursor: "1-0", more: false };
  const events = new SharedEvents(async () => {
    if (away) throw new Error("Postgres is away");
    return batch;
  });
  const both = [events.after("p", "0-0"), events.after("p", "0-0")];
  for (const shared of both) await expect(shared).rejects.toThrow("Postgres is away");
  away = false;
  expect(await events.after("p", "0-0")).toMatchObject({ cursor: "1-0" });
});
