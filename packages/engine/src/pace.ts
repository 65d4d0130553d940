/** Nothing stops a call of the session before its end, so it gets steps for about so long. */
const CALL_MS = 80;

/** Chooses how many steps to give a call, from how long the last ones took. */
export class Pace {
  steps = 1;

  async measure<Result>(steps: number, call: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await call();
    const stepMs = (performance.now() - started) / steps;
    this.steps = Math.max(1, Math.min(Math.floor(CALL_MS / stepMs), this.steps * 8));
    return result;
  }
}
