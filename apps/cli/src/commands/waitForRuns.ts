import { setTimeout as sleep } from "node:timers/promises";
import type { AskAnswer } from "@sweepyard/contract";

const AGAIN_MS = 1_000;

/** Asks again until there is a run or the sweep is over. @throws `signal.reason` when it aborts. */
export async function waitForRuns(
  ask: () => Promise<AskAnswer>,
  signal: AbortSignal,
): Promise<AskAnswer> {
  for (;;) {
    const answer = await ask();
    if (answer.runs.length > 0 || answer.done) return answer;
    await sleep(AGAIN_MS, undefined, { signal });
  }
}
