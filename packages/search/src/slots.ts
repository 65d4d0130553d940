import type { Observation } from "./observation.js";

/** A place in a population of fixed size, and the runs that were asked for it. */
export interface Slot {
  readonly index: number;
  /** By ascending number; those that failed, were cancelled or excluded left out. */
  readonly runs: readonly Observation[];
}

/**
 * A population read from the history: each run is in the slot that its sampler named. Runs that a
 * person or another sampler proposed go to the slots in turn.
 */
export function toSlots(
  history: readonly Observation[],
  { sampler, size }: { sampler: string; size: number },
): Slot[] {
  const slots = Array.from({ length: size }, (_, index) => ({ index, runs: [] as Observation[] }));
  let turn = 0;
  for (const run of history.toSorted((a, b) => a.number - b.number)) {
    if (run.excluded || run.state === "failed" || run.state === "cancelled") continue;
    const named = run.reason?.sampler === sampler ? run.reason.slot : undefined;
    const slot = typeof named === "number" ? slots[named] : undefined;
    (slot ?? slots[turn++ % size])?.runs.push(run);
  }
  return slots;
}

/** The slot whose turn it is: the first of those with the fewest runs. */
export const dueSlot = (slots: readonly Slot[]): Slot =>
  slots.reduce((least, slot) => (slot.runs.length < least.runs.length ? slot : least));
