import type { Client } from "@sweepyard/client";
import type { RunView, SweepView } from "@sweepyard/contract";
import { prepareProgress } from "./sweepProgress.js";
import type { Terminal } from "./terminal.js";
import { createTimeLeft } from "./timeLeft.js";

const LIVE_EVERY_MS = 500;
const ELSEWHERE_EVERY_MS = 1_000;
/** The API may be away for a moment, when it died and is started again. */
const PATIENCE_MS = 30_000;

export interface WatchOptions {
  readonly client: Client;
  readonly sweepId: string;
  readonly terminal: Terminal;
  readonly dashboardUrl: string;
  readonly signal: AbortSignal;
}

export interface WatchedSweep {
  readonly sweep: SweepView;
  /** By number. */
  readonly runs: readonly RunView[];
}

/**
 * Shows a sweep until it has ended and all its runs have.
 * @throws `signal.reason` when aborted.
 */
export async function watchSweep(options: WatchOptions): Promise<WatchedSweep> {
  const { terminal, dashboardUrl, signal } = options;
  const timeLeft = createTimeLeft();
  while (true) {
    const watched = await readPatiently(options);
    const { sweep, runs } = watched;
    if (isOver(watched)) {
      terminal.settle();
      return watched;
    }
    const epochsPerRun = typeof sweep.plan.epochs === "number" ? sweep.plan.epochs : 0;
    const planned = Math.max((sweep.plannedRuns ?? 0) * epochsPerRun, sweep.epochsPlanned);
    const { block, line } = prepareProgress({
      sweep,
      runs,
      epochsPerRun,
      secondsLeft: timeLeft(sweep.epochsDone, planned, Date.now()),
      dashboardUrl,
      columns: terminal.columns,
      rows: terminal.rows,
      isColored: terminal.isLive,
    });
    terminal.show(block, line);
    await pause(terminal.isLive ? LIVE_EVERY_MS : ELSEWHERE_EVERY_MS, signal);
  }
}

function isOver({ sweep, runs }: WatchedSweep): boolean {
  if (sweep.state === "running" || sweep.state === "paused") return false;
  return runs.every((run) => run.endedAt !== null);
}

export async function readSweep(
  client: Client,
  sweepId: string,
  signal?: AbortSignal,
): Promise<WatchedSweep> {
  const sweep = await client.sweeps.get(sweepId, { signal });
  const runs: RunView[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.runs.list(
      { sweepId, sort: "number", cursor, limit: 500 },
      { signal },
    );
    runs.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { sweep, runs };
}

async function readPatiently({ client, sweepId, signal }: WatchOptions): Promise<WatchedSweep> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (true) {
    try {
      return await readSweep(client, sweepId, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() > giveUpAt) throw error;
      await pause(500, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
