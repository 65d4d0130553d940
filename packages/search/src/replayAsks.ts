import type { Params, SweepLogRow } from "@sweepyard/contract";
import { canonical } from "./canonical.js";
import { type SweepGoal, suggest } from "./suggest.js";
import { SweepHistory } from "./sweepHistory.js";

export interface ReplayedAsk {
  readonly seq: number;
  readonly recorded: Decided;
  readonly recomputed: Decided | null;
  readonly isSame: boolean;
}

interface Decided {
  readonly params: Params;
  readonly reason: Record<string, unknown> | null;
}

/**
 * Makes every ask of a sweep's log again, from the entries before it, and compares. Yields one
 * answer for each ask, so that a caller can rest between them; asks that no log tells the history
 * of are passed over.
 */
export function* replayAsks(goal: SweepGoal, log: readonly SweepLogRow[]): Generator<ReplayedAsk> {
  const history = new SweepHistory();
  for (const row of log) {
    const { entry } = row;
    if (entry.kind === "ask" && entry.by !== "unlogged") {
      const { params, reason } = entry;
      const again = suggest(goal, history);
      const recomputed = again && { params: again.params, reason: again.reason };
      yield {
        seq: row.seq,
        recorded: { params, reason },
        recomputed,
        isSame: canonical({ params, reason }) === canonical(recomputed),
      };
    }
    history.add(row);
  }
}
