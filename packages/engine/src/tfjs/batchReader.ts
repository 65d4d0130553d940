import type { Tensor } from "@tensorflow/tfjs";
import type { SessionSetup, TrainBatches } from "../engine.js";
import { sizeOf } from "../tensor.js";
import type { TensorFlow } from "./tensorFlow.js";

export interface Batch {
  readonly x: Tensor;
  /** [rows, outputs]; class ids as one-hot rows. */
  readonly targets: Tensor;
  /** The same numbers. */
  readonly targetValues: Float32Array;
  /** What each row counts in the training loss, [rows]; absent: 1. */
  readonly weights?: Tensor;
}

/** Pixels become 0..1. */
const PIXEL = 1 / 255;

/** Gathers rows of the training split, or of what augmentation made of them, as tensors. */
export class BatchReader {
  readonly #tf: TensorFlow;
  readonly #setup: SessionSetup;

  constructor(tf: TensorFlow, setup: SessionSetup) {
    this.#tf = tf;
    this.#setup = setup;
  }

  /** Called inside a tidy. */
  read(rows: Int32Array, augmented?: TrainBatches["augmented"]): Batch {
    const tf = this.#tf;
    const { dataset, model } = this.#setup;
    const x = gather(augmented?.x ?? dataset.train.x, rows, sizeOf(model.inputShape));
    const originals = augmented === undefined ? rows : rows.map((row) => at(augmented.rows, row));
    const targets =
      augmented?.targets === undefined
        ? this.#targets(originals)
        : gather(augmented.targets, rows, model.outputs);
    const weights = this.#weights(rows, originals, augmented?.sampleWeight);
    return {
      x: tf.tensor(x, [rows.length, ...model.inputShape]),
      targets: tf.tensor(targets, [rows.length, model.outputs]),
      targetValues: targets,
      ...(weights !== undefined && { weights: tf.tensor(weights) }),
    };
  }

  #weights(
    rows: Int32Array,
    originals: Int32Array,
    ofAugmented: Float32Array | undefined,
  ): Float32Array | undefined {
    if (ofAugmented !== undefined) return Float32Array.from(rows, (row) => at(ofAugmented, row));
    const { rowWeights } = this.#setup;
    return rowWeights && Float32Array.from(originals, (row) => at(rowWeights, row));
  }

  #targets(rows: Int32Array): Float32Array {
    const { y } = this.#setup.dataset.train;
    if (y instanceof Float32Array) return this.#shares(y, rows);
    const { outputs, task } = this.#setup.model;
    if (task === "binary") return Float32Array.from(rows, (row) => at(y, row));
    const oneHot = new Float32Array(rows.length * outputs);
    rows.forEach((row, i) => {
      oneHot[i * outputs + at(y, row)] = 1;
    });
    return oneHot;
  }

  /** A model with one output for two classes gives the probability of the second. */
  #shares(targets: Float32Array, rows: Int32Array): Float32Array {
    const { outputs, task } = this.#setup.model;
    const { count } = this.#setup.dataset.train;
    const hasBoth = task === "binary" && targets.length === 2 * count;
    if (!hasBoth) return gather(targets, rows, outputs);
    return gather(targets, rows, 2).filter((_, i) => i % 2 === 1);
  }
}

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

function gather(values: Uint8Array | Float32Array, rows: Int32Array, size: number): Float32Array {
  const gathered = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    gathered.set(values.subarray(row * size, (row + 1) * size), i * size);
  });
  if (values instanceof Uint8Array)
    for (let i = 0; i < gathered.length; i++) gathered[i] = (gathered[i] as number) * PIXEL;
  return gathered;
}
