import type { WorkerView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { versionsOf } from "./versionsOf.js";

const worker = (version: string, state: WorkerView["state"], from: number, until: number) =>
  ({
    version,
    state,
    startedAt: `2026-11-25T${from}:00:00Z`,
    lastSeenAt: `2026-11-25T${until}:00:00Z`,
  }) as WorkerView;

test("versions tell from when until when they ran, and on how many workers", () => {
  const rows = versionsOf([
    worker("0.1.0", "stopped", 10, 12),
    worker("0.1.0", "lost", 11, 13),
    worker("0.2.0", "active", 13, 15),
    worker("0.2.0", "draining", 14, 15),
  ]);
  expect(rows.map(({ version, here, former }) => [version, here, former])).toEqual([
    ["0.2.0", 2, 0],
    ["0.1.0", 0, 2],
  ]);
  expect(rows[1]).toMatchObject({ from: "2026-11-25T10:00:00Z", until: "2026-11-25T13:00:00Z" });
});
