import { decisionsOf } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { figure, firstReports, lastStep } from "./reports.js";

/**
 * Has a member of a population wait for the others each time it has trained another
 * `perturbation_interval` epochs; rung k is after (k + 1) of them. Nothing is ever stopped. A value
 * that is not finite is kept as such: the worst there is.
 * @see evolvePopulation for what happens then
 */
export function createPbtPruner(options: { readonly perturbation_interval: number }): Pruner {
  const { keep } = decisionsOf("pbt");
  return {
    needs: "nothing",
    shouldPrune(curve) {
      const own = firstReports(curve);
      const step = lastStep(own);
      if (step === null) return keep("no_report", "it has reported nothing");
      const epoch = step + 1;
      const before = curve.rungs ?? [];
      const reached = Math.floor(epoch / options.perturbation_interval);
      if (reached <= before.length) {
        const due = (before.length + 1) * options.perturbation_interval;
        return keep("between_rungs", `it is compared at epoch ${due}`, { epoch });
      }
      const value = own.get(step) ?? Number.NaN;
      // A late report may pass several: it stands at all of them.
      const rungs = [...before, ...new Array<number>(reached - before.length).fill(value)];
      const rung = reached - 1;
      const why = `${figure(value)}, and waits for the population`;
      const details = { rung, epoch, value };
      return { ...keep("waits", why, details), rungs, pause: { rung } };
    },
  };
}
