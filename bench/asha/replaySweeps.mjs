import { createPruner, createUniform, promotions } from "@sweepyard/search";
import { EPOCHS, OBJECTIVE, PRUNER } from "./sweep.mjs";

/**
 * Sweeps over recorded curves: what a run reports is read instead of trained, and all else is what a
 * sweep does. Both draw their configurations from the same curves, each seed in orders of its own.
 */

/** @returns the best value at the end of `runs` whole runs. */
export function randomSweep(curves, { runs, seed }) {
  const drawn = shuffled(curves, createUniform(seed, 1)).slice(0, runs);
  return Math.max(...drawn.map(endOf));
}

/**
 * ASHA that pauses and promotes, with so many runs training at a time, an epoch of each in turn.
 * @returns the best value of a run that has completed, and the epochs trained by all
 */
export function ashaSweep(curves, { runs, parallelism, seed }) {
  const drawn = shuffled(curves, createUniform(seed, 2)).slice(0, runs);
  const pruner = createPruner(PRUNER);
  const all = [];
  let epochs = 0;
  const training = () => all.filter(({ state }) => state === "running");
  const promote = (lastChance) => {
    for (const { number } of promotions(all, PRUNER, OBJECTIVE, { lastChance })) {
      if (training().length >= parallelism) return;
      Object.assign(all[number], { state: "running", pausedAtRung: null });
    }
  };
  for (;;) {
    promote(false);
    while (training().length < parallelism && all.length < drawn.length)
      all.push({ number: all.length, state: "running", value: null, points: [], steps: EPOCHS });
    if (training().length === 0) promote(true);
    if (training().length === 0) break;
    for (const run of training()) {
      const { values } = drawn[run.number];
      const step = run.points.length;
      const value = values[step];
      if (value === undefined) {
        run.state = "diverged";
        continue;
      }
      epochs++;
      run.points.push({ step, value });
      run.value = value;
      if (step + 1 === EPOCHS) {
        run.state = "completed";
        continue;
      }
      const decision = pruner.shouldPrune(run, all, OBJECTIVE);
      run.rungs = decision.rungs ?? run.rungs;
      if (decision.prune) run.state = "pruned";
      if (decision.pause)
        Object.assign(run, { state: "paused", pausedAtRung: decision.pause.rung });
    }
  }
  const ends = all.filter(({ state }) => state === "completed").map(({ value }) => value);
  return { best: Math.max(...ends), epochs, completed: ends.length };
}

/** A run that diverged has no end. */
const endOf = ({ values }) =>
  values.length === EPOCHS ? values[EPOCHS - 1] : Number.NEGATIVE_INFINITY;

function shuffled(items, nextUnit) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(nextUnit() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
