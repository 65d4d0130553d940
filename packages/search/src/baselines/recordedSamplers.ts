import { SamplerConfig } from "@sweepyard/contract";
import type { z } from "zod";

/** Our configuration of each recorded sampler. */
const CONFIGS: Readonly<Record<string, z.input<typeof SamplerConfig> | undefined>> = {
  cmaes: { name: "cmaes" },
  gp: { name: "gp" },
  nsgaii: { name: "nsgaii" },
  nsgaii_pop20: { name: "nsgaii", population_size: 20 },
  qmc: { name: "sobol", scramble: true },
  random: { name: "random" },
  tpe: { name: "tpe" },
  tpe_group: { name: "tpe", group: true },
  tpe_indep: { name: "tpe", multivariate: false },
};

/** Null if there is no such sampler here. */
export function samplerConfig(recorded: string): SamplerConfig | null {
  const config = CONFIGS[recorded];
  return config === undefined ? null : SamplerConfig.parse(config);
}
