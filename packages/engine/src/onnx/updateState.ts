import { AppError } from "@sweepyard/contract";
import { sizeOf } from "../tensor.js";
import { elementwiseKernel } from "./elementwiseKernel.js";
import type { HeldWeight } from "./heldWeights.js";
import { OpGraph } from "./opGraph.js";
import type { OptimizerRule, StepScalars } from "./optimizers/optimizerRule.js";

/** The rows of the memory: the weights, their gradients, then the optimizer's slots by name. */
const WEIGHTS = "weights";
const GRADIENTS = "gradients";
const slotRow = (slot: string) => `slots/${slot}`; // scalars may have a slot's name

/** Each weight begins at a multiple of so many numbers: 64 bytes, a line of the cache. */
const ALIGNED = 16;
const WASM_PAGE = 65_536;
const MOST_PAGES = 65_536;

/**
 * The weights that train, their gradients and the optimizer's slots, in one WebAssembly memory.
 * onnxruntime reads weights and writes gradients there; the update is one pass over all of it.
 * @see elementwiseKernel for why
 */
export class UpdateState {
  readonly #rule: OptimizerRule;
  readonly #memory: WebAssembly.Memory;
  readonly #rows: readonly string[];
  /** Of each weight in a row, in numbers. */
  readonly #places = new Map<string, { readonly from: number; readonly length: number }>();
  readonly #rowBytes: number;
  readonly #scalars: readonly string[];
  readonly #update: (scalars: readonly number[]) => void;

  /** @throws {AppError} `invalid_request` if it takes more than 4 GiB. */
  constructor(weights: readonly HeldWeight[], rule: OptimizerRule) {
    this.#rule = rule;
    this.#rows = [WEIGHTS, GRADIENTS, ...rule.slots.map(({ name }) => slotRow(name))];
    let length = 0;
    for (const { name, shape } of weights) {
      this.#places.set(name, { from: length, length: sizeOf(shape) });
      length += roundUp(sizeOf(shape), ALIGNED);
    }
    this.#rowBytes = length * Float32Array.BYTES_PER_ELEMENT;
    const pages = Math.ceil((this.#rowBytes * this.#rows.length) / WASM_PAGE);
    if (pages > MOST_PAGES) throw tooLarge(length, this.#rows.length);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#scalars = Object.keys({ ...rule.scalars, ...rule.stepScalars(1, 1) });
    this.#update = updateKernel(rule, {
      memory: this.#memory,
      addresses: new Map(this.#rows.map((row, index) => [row, index * this.#rowBytes])),
      scalars: this.#scalars,
      length: Math.max(length, ALIGNED),
    });
  }

  weight(name: string): Float32Array {
    return this.#view(WEIGHTS, name);
  }

  gradient(name: string): Float32Array {
    return this.#view(GRADIENTS, name);
  }

  slot(slot: string, name: string): Float32Array {
    return this.#view(slotRow(slot), name);
  }

  /** One update, by the gradients as they are in the memory. */
  update(stepScalars: StepScalars): void {
    const values: Readonly<Record<string, number>> = { ...this.#rule.scalars, ...stepScalars };
    this.#update(this.#scalars.map((name) => values[name] as number));
  }

  #view(row: string, name: string): Float32Array {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`${name} does not train`);
    const start = this.#rows.indexOf(row) * this.#rowBytes;
    const offset = start + place.from * Float32Array.BYTES_PER_ELEMENT;
    return new Float32Array(this.#memory.buffer, offset, place.length);
  }
}

interface Layout {
  readonly memory: WebAssembly.Memory;
  /** Of each row, in bytes. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly scalars: readonly string[];
  readonly length: number;
}

function updateKernel(rule: OptimizerRule, { memory, addresses, scalars, length }: Layout) {
  const graph = new OpGraph();
  const slots = rule.slots.map(({ name }) => slotRow(name));
  const updated = rule.update(graph, { weight: WEIGHTS, gradient: GRADIENTS, slots });
  const result = (row: string, value: string) => ({ value, address: addresses.get(row) as number });
  const results = [
    result(WEIGHTS, updated.weight),
    ...slots.map((slot, index) => result(slot, updated.slots[index] as string)),
  ];
  return elementwiseKernel({ graph, arrays: addresses, scalars, results, length }, memory);
}

const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

const tooLarge = (parameters: number, rows: number) =>
  new AppError(
    "invalid_request",
    `the model has ${parameters} parameters, of which this optimizer needs ${rows} numbers each: ` +
      "more than the 4 GiB that the onnx engine can train; take fewer, or the tfjs engine",
  );
