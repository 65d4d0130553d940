import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** Ends a sweep whose best value has not improved for a while; see packages/search. */
export const StagnationTerminatorConfig = strictObject({
  name: z.literal("stagnation"),
  /** Runs without a gain after which it ends. */
  patience: z.int().min(1).max(1_000_000).default(30),
  /** Runs that are made in any case. */
  min_runs: z.int().min(0).max(1_000_000).default(20),
  /** What counts as a gain, in the objective's unit. */
  min_improvement: z.number().min(0).default(0),
});

export const TerminatorConfig = z.discriminatedUnion("name", [StagnationTerminatorConfig]);
export type TerminatorConfig = z.infer<typeof TerminatorConfig>;
