import type { Randomness } from "./network/networkContext.js";
import { RAMP_STEP } from "./network/random.js";
import type { OpGraph, Value } from "./opGraph.js";

/** Hands out a step's keys, and ramps that are made once for all steps: inputs of the graph. */
export class StepRandomness implements Randomness {
  /** How many a step needs. */
  keys = 0;
  /** Inputs by the size of the rows that they are for. */
  readonly ramps = new Map<number, Value>();
  readonly #graph: OpGraph;
  readonly #keys: Value;

  /** @param keys a uint32 vector, as long as `keys` says in the end. */
  constructor(graph: OpGraph, keys: Value) {
    this.#graph = graph;
    this.#keys = keys;
  }

  key(): Value {
    return this.#graph.add("Gather", [this.#keys, this.#graph.integer(this.keys++)]);
  }

  ramp(size: number): Value {
    const name = `ramp/${size}`;
    this.ramps.set(size, name);
    return name;
  }
}

/** The first `count` multiples of `RAMP_STEP`, modulo 2³². */
export function rampOf(count: number): Uint32Array {
  const ramp = new Uint32Array(count);
  for (let at = 1; at < count; at++) ramp[at] = (ramp[at - 1] as number) + RAMP_STEP;
  return ramp;
}
