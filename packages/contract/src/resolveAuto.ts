import type { SamplerConfig } from "./samplers.js";
import type { CreateSweep } from "./sweep.js";

/** What `auto` chooses by is written down, so that a later look at the sweep tells its choice. */
export function resolveAuto(sweep: CreateSweep): SamplerConfig {
  const { sampler, budget, plan, trainer, parallelism } = sweep;
  if (sampler.name === "partial_fixed") {
    const resolved = resolveAuto({ ...sweep, sampler: sampler.sampler });
    return { ...sampler, sampler: resolved as typeof sampler.sampler };
  }
  if (sampler.name !== "auto") return sampler;
  const steps = trainer.kind === "engine" ? plan.epochs : trainer.steps;
  const ofEpochs =
    budget.epochs !== undefined && typeof steps === "number"
      ? Math.max(1, Math.floor(budget.epochs / steps))
      : undefined;
  const runs = sampler.runs ?? budget.runs ?? ofEpochs;
  const slots = sampler.parallelism ?? parallelism;
  const pruner = sampler.pruner ?? sweep.pruner.name;
  const constraints = sampler.constraints ?? sweep.constraints.length;
  return {
    name: "auto",
    ...(runs !== undefined && { runs }),
    ...(slots !== undefined && { parallelism: slots }),
    ...(pruner !== "none" && { pruner }),
    ...(constraints > 0 && { constraints }),
  };
}
