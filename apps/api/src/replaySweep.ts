import { setImmediate as rest } from "node:timers/promises";
import type { Id, ReplayAnswer, ReplayDifference, SweepLogRow } from "@sweepyard/contract";
import { type Db, sweepGoal, sweepLog } from "@sweepyard/db";
import { replayAsks } from "@sweepyard/search";

const PAGE = 5_000;

/** Differences told at most: one is enough to know, and the first ones say most. */
const DIFFERENCES_MAX = 100;

/**
 * Makes every decision of a sweep again from its log. Other requests get their turn between two
 * asks, each of which may take milliseconds.
 */
export async function replaySweep(
  db: Db,
  projectId: Id,
  id: Id,
  signal: AbortSignal,
): Promise<ReplayAnswer> {
  const goal = await sweepGoal(db, projectId, id);
  const log = await readLog(db, projectId, id);
  const differences: ReplayDifference[] = [];
  let asks = 0;
  for (const { seq, recorded, recomputed, isSame } of replayAsks(goal, log)) {
    asks += 1;
    if (!isSame && differences.length < DIFFERENCES_MAX)
      differences.push({
        kind: "ask",
        runId: null,
        at: seq,
        recorded: JSON.parse(JSON.stringify(recorded)),
        recomputed: JSON.parse(JSON.stringify(recomputed)),
      });
    await rest();
    signal.throwIfAborted();
  }
  const unlogged = log.filter(({ entry }) => entry.kind === "ask" && entry.by === "unlogged");
  return { asks, unlogged: unlogged.length, prunes: 0, differences };
}

async function readLog(db: Db, projectId: Id, id: Id): Promise<SweepLogRow[]> {
  const rows: SweepLogRow[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof sweepLog>> = await sweepLog(db, projectId, id, {
      after,
      limit: PAGE,
    });
    rows.push(...page.items);
    after = page.nextAfter;
  }
  return rows;
}
