import { setImmediate } from "node:timers/promises";
import type { NamedTensorMap, Tensor, Variable } from "@tensorflow/tfjs";
import {
  type BatchMetrics,
  MOVING_AVERAGE,
  type SessionSetup,
  type StepSession,
  type TrainBatches,
} from "../engine.js";
import type { Tensors } from "../tensor.js";
import { batchMetrics } from "./batchMetrics.js";
import { BatchReader } from "./batchReader.js";
import { clipGradients } from "./clipGradients.js";
import { inScope } from "./inScope.js";
import { LayerNoise } from "./layerNoise.js";
import { rowLosses } from "./losses.js";
import { Network } from "./network.js";
import { type OptimizerRule, optimizerRule } from "./optimizers.js";
import type { TensorFlow } from "./tensorFlow.js";

/** Weights and optimizer state of one run as variables of TensorFlow.js, moved on step by step. */
export class TrainingSession implements StepSession {
  readonly #tf: TensorFlow;
  readonly #setup: SessionSetup;
  readonly #noise: LayerNoise;
  readonly #network: Network;
  readonly #rule: OptimizerRule;
  readonly #reader: BatchReader;
  /** By slot, then by weight. */
  readonly #slots: ReadonlyMap<string, ReadonlyMap<string, Variable>>;
  #iterations: number;

  constructor(tf: TensorFlow, setup: SessionSetup) {
    this.#tf = tf;
    this.#setup = setup;
    this.#noise = new LayerNoise(setup.seed);
    this.#network = new Network(tf, setup.model, this.#noise);
    this.#network.setWeights(setup.weights);
    this.#rule = optimizerRule(tf, setup.optimizer);
    this.#reader = new BatchReader(tf, setup);
    this.#iterations = setup.iterations ?? 0;
    const names = [...this.#rule.slots, ...(setup.optimizer.use_ema ? [MOVING_AVERAGE] : [])];
    this.#slots = new Map(names.map((slot) => [slot, this.#createSlot(slot)]));
  }

  get iterations(): number {
    return this.#iterations;
  }

  async train(batches: TrainBatches): Promise<BatchMetrics[]> {
    const { order, batchSize, rates, augmented } = batches;
    const metrics: BatchMetrics[] = [];
    for (let from = 0; from < order.length; from += batchSize) {
      const rows = order.subarray(from, from + batchSize);
      metrics.push(this.#step(rows, rates[from / batchSize] as number, augmented));
    }
    await setImmediate(); // nothing above waits: without this no timer or message would be heard
    return metrics;
  }

  async evaluate(rows: Int32Array): Promise<BatchMetrics> {
    const tf = this.#tf;
    await setImmediate();
    return inScope(tf, () => {
      const batch = this.#reader.read(rows);
      const output = this.#network.forward(batch.x, false);
      const loss = tf.mean(rowLosses(tf, this.#setup.loss, output, batch.targets));
      return batchMetrics(this.#setup, {
        ...batch,
        outputs: output.outputs,
        loss: this.#withPenalty(loss),
      });
    });
  }

  weights(): Tensors {
    return this.#network.weights();
  }

  setWeights(weights: Tensors): void {
    this.#network.setWeights(weights);
  }

  slots(): ReadonlyMap<string, Tensors> {
    return new Map([...this.#slots].map(([slot, variables]) => [slot, read(variables)]));
  }

  kerasSlots(): ReadonlyMap<string, Tensors> {
    return this.slots();
  }

  async release(): Promise<void> {
    this.#network.dispose();
    for (const variables of this.#slots.values())
      for (const variable of variables.values()) variable.dispose();
  }

  /** One update. */
  #step(rows: Int32Array, rate: number, augmented: TrainBatches["augmented"]): BatchMetrics {
    const tf = this.#tf;
    this.#noise.startUpdate(this.#iterations);
    const metrics = inScope(tf, () => {
      const batch = this.#reader.read(rows, augmented);
      let outputs: Tensor | undefined;
      const { value: loss, grads } = tf.variableGrads(
        () => {
          const output = this.#network.forward(batch.x, true);
          outputs = tf.keep(output.outputs);
          const losses = rowLosses(tf, this.#setup.loss, output, batch.targets);
          const weighted = batch.weights === undefined ? losses : tf.mul(losses, batch.weights);
          return this.#withPenalty(tf.mean(weighted)).asScalar();
        },
        this.#network.trainable.map(({ variable }) => variable),
      );
      this.#update(grads, rate);
      const measured = batchMetrics(this.#setup, { ...batch, outputs: outputs as Tensor, loss });
      outputs?.dispose();
      return measured;
    });
    this.#iterations++;
    return metrics;
  }

  #withPenalty(loss: Tensor): Tensor {
    const penalty = this.#network.penalty();
    return penalty === undefined ? loss : this.#tf.add(loss, penalty);
  }

  /** Keras' order: clipping, weight decay, the optimizer's step, the moving average. */
  #update(grads: NamedTensorMap, rate: number): void {
    const tf = this.#tf;
    const { optimizer } = this.#setup;
    const { trainable } = this.#network;
    const raw = trainable.map(({ variable }) => grads[variable.name] as Tensor);
    const gradients = clipGradients(tf, optimizer, raw);
    const step = this.#iterations + 1;
    trainable.forEach(({ description: { name }, variable: weight }, index) => {
      const { weight_decay } = optimizer;
      if (weight_decay !== undefined && weight_decay > 0)
        weight.assign(tf.sub(weight, tf.mul(weight, weight_decay * rate)));
      const slot = (of: string) => this.#slots.get(of)?.get(name) as Variable;
      this.#rule.update({ weight, gradient: gradients[index] as Tensor, rate, step, slot });
      if (optimizer.use_ema) this.#average(weight, slot(MOVING_AVERAGE), step);
    });
  }

  /** The first update's weights are the average's start. */
  #average(weight: Variable, average: Variable, step: number): void {
    const tf = this.#tf;
    const { ema_momentum, ema_overwrite_frequency } = this.#setup.optimizer;
    const kept = step === 1 ? 0 : ema_momentum;
    average.assign(tf.add(tf.mul(average, kept), tf.mul(weight, 1 - kept)));
    if (ema_overwrite_frequency !== undefined && step % ema_overwrite_frequency === 0)
      weight.assign(average);
  }

  #createSlot(slot: string): ReadonlyMap<string, Variable> {
    const tf = this.#tf;
    const kept = this.#setup.slots?.get(slot);
    const initial = slot === MOVING_AVERAGE ? 0 : this.#rule.initial;
    return new Map(
      this.#network.trainable.map(({ description: { name, shape } }) => {
        const data = kept?.get(name)?.data;
        const value = tf.tidy(() =>
          tf.variable(
            data === undefined ? tf.fill([...shape], initial) : tf.tensor(data.slice(), [...shape]),
            false,
          ),
        );
        return [name, value];
      }),
    );
  }
}

const read = (variables: ReadonlyMap<string, Variable>): Tensors =>
  new Map(
    [...variables].map(([name, variable]) => [
      name,
      { shape: variable.shape, data: new Float32Array(variable.dataSync()) },
    ]),
  );
