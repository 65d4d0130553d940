/**
 * Seconds until `planned` epochs are done, at the pace since the first look; null until an epoch
 * has been finished since then. A sweep that goes on after a restart is not slowed by the pause.
 */
export function createTimeLeft(): (done: number, planned: number, nowMs: number) => number | null {
  let first: { done: number; at: number } | null = null;
  return (done, planned, nowMs) => {
    first ??= { done, at: nowMs };
    const finished = done - first.done;
    if (finished <= 0) return null;
    return (((nowMs - first.at) / 1000) * (planned - done)) / finished;
  };
}
