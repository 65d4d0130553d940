import { type Params, paramKey } from "@sweepyard/contract";
import type { Observation } from "./observation.js";

/** In a small space there may be nothing new left. */
const ATTEMPTS = 10;

/** What `make` makes, again and again until its params are none of the history's: up to ten times. */
export function untried<Made extends { readonly params: Params }>(
  history: readonly Observation[],
  make: () => Made,
): Made {
  const known = new Set(history.map(({ params }) => paramKey(params)));
  let made = make();
  for (let attempt = 1; attempt < ATTEMPTS && known.has(paramKey(made.params)); attempt++)
    made = make();
  return made;
}
