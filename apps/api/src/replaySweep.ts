import { setImmediate as rest } from "node:timers/promises";
import type {
  Id,
  PruningLogRow,
  ReplayAnswer,
  ReplayDifference,
  SweepLogRow,
} from "@sweepyard/contract";
import {
  type Db,
  type JudgedRun,
  judgedRuns,
  pruningLog,
  sweepGoal,
  sweepLog,
} from "@sweepyard/db";
import { replayAsks, replayPruning } from "@sweepyard/search";

const PAGE = 5_000;

/** Differences told at most: one is enough to know, and the first ones say most. */
const DIFFERENCES_MAX = 100;

/**
 * Makes every decision of a sweep again from its logs. Other requests get their turn between two
 * decisions, each of which may take milliseconds.
 */
export async function replaySweep(
  db: Db,
  projectId: Id,
  id: Id,
  signal: AbortSignal,
): Promise<ReplayAnswer> {
  const { objectives, seed } = await sweepGoal(db, projectId, id);
  const log = await readLog(db, projectId, id);
  const pruning = await readPruning(db, id);
  const runs = await readRuns(db, id);
  const idOf = new Map(runs.map(({ number, id: runId }) => [number, runId]));
  const differences: ReplayDifference[] = [];
  const counts = { asks: 0, prunes: 0, promotions: 0 };
  const differ = (found: ReplayDifference) => {
    if (differences.length < DIFFERENCES_MAX)
      differences.push(JSON.parse(JSON.stringify(found)) as ReplayDifference);
  };
  const pause = async () => {
    await rest();
    signal.throwIfAborted();
  };

  for (const { seq, recorded, recomputed, isSame } of replayAsks({ objectives, seed }, log)) {
    counts.asks += 1;
    if (!isSame)
      differ({ kind: "ask", runId: null, number: null, at: seq, ...inJson(recorded, recomputed) });
    await pause();
  }

  const [objective] = objectives;
  const goal = { direction: objective?.direction ?? "maximize" } as const;
  const replay = { goal, seed, sweepLog: log, log: pruning, runs };
  for (const decision of replayPruning(replay)) {
    const { kind, seq, number, recorded, recomputed, isSame } = decision;
    if (kind === "promote" || kind === "give_up" || kind === "evolve") counts.promotions += 1;
    else if (seq > 0) counts.prunes += 1;
    const runId = idOf.get(number ?? 0) ?? null;
    if (!isSame) differ({ kind, runId, number, at: seq, ...inJson(recorded, recomputed) });
    await pause();
  }
  return { ...counts, unlogged: countUnlogged(log, pruning), differences };
}

const inJson = (recorded: unknown, recomputed: unknown) =>
  ({ recorded, recomputed }) as Pick<ReplayDifference, "recorded" | "recomputed">;

const countUnlogged = (log: readonly SweepLogRow[], pruning: readonly PruningLogRow[]): number =>
  log.filter(({ entry }) => entry.kind === "ask" && entry.by === "unlogged").length +
  pruning.filter(({ entry }) => entry.kind === "standing" && entry.unlogged === true).length;

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

async function readPruning(db: Db, id: Id): Promise<PruningLogRow[]> {
  const rows: PruningLogRow[] = [];
  for (;;) {
    const page = await pruningLog(db, id, { after: rows.at(-1)?.seq ?? 0, limit: PAGE });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

async function readRuns(db: Db, id: Id) {
  const runs: JudgedRun[] = [];
  for (;;) {
    const page = await judgedRuns(db, id, { after: runs.at(-1)?.number ?? 0, limit: PAGE });
    runs.push(...page);
    if (page.length < PAGE) break;
  }
  return runs.map(({ at, values, ...run }) => ({
    ...run,
    points: at.map((step, index) => ({ step, value: values[index] ?? null })),
  }));
}
