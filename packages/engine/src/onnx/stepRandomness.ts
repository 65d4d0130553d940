import type { Randomness } from "./network/addNetwork.js";
import { RAMP_STEP } from "./network/random.js";
import { elementNumber } from "./onnxModel.js";
import type { OpGraph, Value } from "./opGraph.js";

/** Names of what the graph around the Loop has. */
export interface RandomInputs {
  /** uint32 [steps, keys] */
  readonly keys: Value;
  /** int32 [steps, batch] */
  readonly order: Value;
}

/** Hands out keys of the Loop's step, and ramps that are made once a call, outside of the Loop. */
export class StepRandomness implements Randomness {
  /** How many a step needs. */
  keys = 0;
  readonly #outer: OpGraph;
  readonly #body: OpGraph;
  readonly #inputs: RandomInputs;
  readonly #ramps = new Map<number, Value>();
  #row: Value | undefined;

  constructor(outer: OpGraph, body: OpGraph, inputs: RandomInputs) {
    this.#outer = outer;
    this.#body = body;
    this.#inputs = inputs;
  }

  key(): Value {
    this.#row ??= this.#body.add("Gather", [this.#inputs.keys, "step"]);
    return this.#body.add("Gather", [this.#row, this.#body.integer(this.keys++)]);
  }

  ramp(size: number): Value {
    const made = this.#ramps.get(size);
    if (made !== undefined) return made;
    const graph = this.#outer;
    const batch = graph.add("Gather", [graph.add("Shape", [this.#inputs.order]), graph.integer(1)]);
    const count = graph.add("Mul", [batch, graph.integer(size)]);
    const numbers = graph.add("Range", [graph.integer(0), count, graph.integer(1)]);
    const unsigned = graph.add("Cast", [numbers], { to: elementNumber("uint32") });
    const ramp = graph.add("Mul", [unsigned, graph.unsigned(RAMP_STEP)]);
    graph.rename(ramp, `ramp_${size}`);
    this.#ramps.set(size, `ramp_${size}`);
    return `ramp_${size}`;
  }
}
