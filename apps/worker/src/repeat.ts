export interface Repetition {
  /** Does it at once, and then goes on from there. */
  now(): void;
  stop(): void;
}

/**
 * Does `work`, which must not throw, about every `ms`, never twice at a time. The interval varies
 * by a tenth, so that workers started together don't stay in step.
 */
export function repeat(ms: number, work: () => Promise<unknown>): Repetition {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let working = false;
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(run, ms * (0.9 + Math.random() / 10));
  };
  function run() {
    if (working || stopped) return;
    clearTimeout(timer);
    working = true;
    void work().finally(() => {
      working = false;
      schedule();
    });
  }
  schedule();
  return {
    now: run,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
