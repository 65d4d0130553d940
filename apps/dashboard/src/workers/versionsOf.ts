import type { WorkerView } from "@sweepyard/contract";

export interface VersionRow {
  readonly version: string;
  /** Workers of it that are here. */
  readonly here: number;
  readonly former: number;
  /** When the first of the workers known began, and the last was heard of. */
  readonly from: string;
  readonly until: string;
}

/** Which versions ran when, the latest begun first. */
export function versionsOf(workers: readonly WorkerView[]): VersionRow[] {
  const rows = new Map<string, VersionRow>();
  for (const { version, state, startedAt, lastSeenAt } of workers) {
    const isHere = state === "active" || state === "draining";
    const old = rows.get(version);
    rows.set(version, {
      version,
      here: (old?.here ?? 0) + (isHere ? 1 : 0),
      former: (old?.former ?? 0) + (isHere ? 0 : 1),
      from: old === undefined || startedAt < old.from ? startedAt : old.from,
      until: old === undefined || lastSeenAt > old.until ? lastSeenAt : old.until,
    });
  }
  return [...rows.values()].sort((a, b) => (a.from < b.from ? 1 : -1));
}
