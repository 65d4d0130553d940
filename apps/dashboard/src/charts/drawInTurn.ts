/**
 * Drawings wait for each other: each has a task of the main thread to itself, so that a page with
 * many plots answers a click between any two of them.
 */
const waiting = new Set<() => void>();
let isScheduled = false;

/** Draws when it is this drawing's turn. @returns what takes it back while it waits. */
export function drawInTurn(draw: () => void): () => void {
  waiting.add(draw);
  schedule();
  return () => waiting.delete(draw);
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    if (waiting.size > 0) schedule();
    next();
  });
}
