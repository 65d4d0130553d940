/** A stretch of time in milliseconds since 1970, end excluded. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * Share (0 to 1) of the slots' time that nobody used while a run of the sweep waited.
 *
 * Every run of a sweep waits from `submitted` on, whether its row was made then or later, and
 * again between two attempts. Over the time in which at least one waits, slots × time was there
 * to be used and the attempts used some of it; the rest is what this gives. With a slot for every
 * run from the start nothing waits for one, and the share is 0.
 *
 * @param runs each run's attempts; an attempt that has not ended ends at `Infinity`.
 */
export function idleWhileWaiting(
  submitted: number,
  slots: number,
  runs: readonly (readonly Interval[])[],
): number {
  if (slots >= runs.length) return 0;
  const waits = mergeIntervals(runs.flatMap((attempts) => waitsOf(submitted, attempts)));
  const attempts = runs.flat();
  let available = 0;
  let used = 0;
  for (const wait of waits) {
    available += slots * (wait.end - wait.start);
    for (const attempt of attempts) used += overlap(wait, attempt);
  }
  return available === 0 ? 0 : Math.max(0, 1 - used / available);
}

function waitsOf(submitted: number, attempts: readonly Interval[]): Interval[] {
  const waits: Interval[] = [];
  let since = submitted;
  for (const { start, end } of [...attempts].sort((a, b) => a.start - b.start)) {
    if (start > since) waits.push({ start: since, end: start });
    since = Math.max(since, end);
  }
  return waits;
}

function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function overlap(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}
