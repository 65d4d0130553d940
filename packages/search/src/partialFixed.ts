import type { Params, Space } from "@sweepyard/contract";
import type { Sampler, Suggestion } from "./sampler.js";
import { isValueOf } from "./violations.js";

/**
 * Optuna's PartialFixedSampler: the named params keep their value, `base` chooses the others as if
 * these were constants. What runs with other values of them taught stays: it tells of the others.
 * A fixed param whose dimension is not active stays absent; one whose value an edit has taken out
 * of its dimension is chosen as any other, and the reason names it.
 */
export const createPartialFixedSampler = (fixed: Params, base: Sampler): Sampler => ({
  learns: base.learns,
  ask(space, history, seed): Suggestion | null {
    const { narrowed, lapsed } = fixIn(space, fixed);
    const suggestion = base.ask(narrowed, history, seed);
    if (suggestion === null) return null;
    const { params, reason } = suggestion;
    const details: Record<string, string> = { fixed: Object.keys(fixed).join(", ") };
    if (lapsed.length > 0) details.no_longer_fixed = lapsed.join(", ");
    return { params, reason: { ...reason, ...details } };
  },
});

/** One answer for each space, as samplers remember things by it. */
const spaces = new WeakMap<Space, WeakMap<Params, FixedSpace>>();

interface FixedSpace {
  readonly narrowed: Space;
  /** Names whose value is no longer one of their dimension. */
  readonly lapsed: readonly string[];
}

function fixIn(space: Space, fixed: Params): FixedSpace {
  const known = spaces.get(space)?.get(fixed);
  if (known !== undefined) return known;
  const lapsed: string[] = [];
  const narrowed = Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => {
      const value = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
      if (value === undefined) return [name, dimension];
      if (!isValueOf(dimension, value)) {
        lapsed.push(name);
        return [name, dimension];
      }
      const { when, where } = dimension;
      return [
        name,
        { type: "constant" as const, value, ...(when && { when }), ...(where && { where }) },
      ];
    }),
  );
  const answer = { narrowed, lapsed };
  const bySpace = spaces.get(space) ?? new WeakMap<Params, FixedSpace>();
  spaces.set(space, bySpace.set(fixed, answer));
  return answer;
}
