import { AppError } from "@sweepyard/contract";
import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { classIds } from "../classIds.js";
import type { BatchMetrics, SessionSetup, StepSession, TrainBatches } from "../engine.js";
import { sizeOf, type Tensor, type Tensors } from "../tensor.js";
import { denseLayers } from "./denseLayers.js";
import { type OptimizerRule, optimizerRule } from "./optimizers/optimizerRule.js";
import { cachedSession } from "./session.js";
import * as graph from "./trainingGraph.js";
import {
  cutBlock,
  joinBlocks,
  trainingLimits,
  type WeightBlock,
  weightBlocks,
  weightNames,
} from "./weightBlocks.js";

/** Neither cut nor packed: for optimizers that look at each weight as a whole. */
const WHOLE_BLOCKS = { cutAbove: Number.POSITIVE_INFINITY, packBelow: 0 };

/** Weights and optimizer state of one run, and the compiled graphs that move them on. */
export class TrainingSession implements StepSession {
  readonly #training: InferenceSession;
  readonly #evaluation: InferenceSession;
  readonly #optimizer: OptimizerRule;
  readonly #blocks: readonly WeightBlock[];
  readonly #weightNames: readonly string[];
  readonly #constant: Record<string, OrtTensor>;
  /** Of each block and slot, by its id. */
  #state: Map<string, OrtTensor>;
  #iterations: number;

  static async create(setup: SessionSetup): Promise<TrainingSession> {
    const { model, threads } = setup;
    const rows = setup.dataset.train;
    const optimizer = optimizerRule(setup.optimizer);
    const limits = trainingLimits(threads);
    const blocks = weightBlocks(
      model,
      optimizer.needsWholeWeights ? { ...limits, ...WHOLE_BLOCKS } : limits,
    );
    const xType = rows.x instanceof Uint8Array ? "uint8" : "float32";
    const plan = { model, blocks, xType } as const;
    const shape = denseLayers(model).map(({ name, inputs, units, activation, useBias }) =>
      [name, inputs, units, activation, useBias].join(" "),
    );
    const layout = blocks.map(({ id }) => id);
    const key = [threads, xType, ...layout, ...shape].join("\n");
    const training = await cachedSession(["training", optimizer.id, key].join("\n"), threads, () =>
      graph.trainingGraph(plan, optimizer),
    );
    const evaluation = await cachedSession(["evaluation", key].join("\n"), threads, () =>
      graph.evaluationGraph(plan),
    );
    return new TrainingSession(setup, training, evaluation, optimizer, blocks);
  }

  private constructor(
    { model, dataset, weights, slots, iterations }: SessionSetup,
    training: InferenceSession,
    evaluation: InferenceSession,
    optimizer: OptimizerRule,
    blocks: readonly WeightBlock[],
  ) {
    this.#training = training;
    this.#evaluation = evaluation;
    this.#optimizer = optimizer;
    this.#blocks = blocks;
    this.#weightNames = weightNames(model);
    this.#iterations = iterations ?? 0;
    const { count, x } = dataset.train;
    const labels = classIds(dataset);
    if (labels === undefined)
      throw new AppError("invalid_request", `the onnx engine trains no ${dataset.task} yet`);
    const type = x instanceof Uint8Array ? "uint8" : "float32";
    this.#constant = {
      [graph.X]: new OrtTensor(type, x, [count, x.length / count]),
      [graph.Y]: new OrtTensor("int32", labels, [count]),
    };
    this.#state = new Map();
    for (const block of blocks) {
      this.#state.set(block.id, float32(cutBlock(block, weights), block.shape));
      for (const slot of optimizer.slots) {
        const kept = slots?.get(slot.name);
        const data =
          kept === undefined
            ? new Float32Array(sizeOf(block.shape)).fill(slot.initial)
            : cutBlock(block, kept);
        this.#state.set(graph.slotId(slot.name, block.id), float32(data, block.shape));
      }
    }
  }

  get iterations(): number {
    return this.#iterations;
  }

  async train({ order, batchSize, rates }: TrainBatches): Promise<BatchMetrics[]> {
    const steps = order.length / batchSize;
    const feeds: Record<string, OrtTensor> = {
      ...this.#constant,
      [graph.STEPS]: new OrtTensor("int64", BigInt64Array.of(BigInt(steps)), []),
      [graph.ORDER]: new OrtTensor("int32", order, [steps, batchSize]),
    };
    for (let step = 0; step < steps; step++) {
      const scalars = this.#optimizer.stepScalars(
        rates[step] as number,
        this.#iterations + step + 1,
      );
      scalars.gradient /= batchSize;
      for (const [name, value] of Object.entries(scalars)) {
        const input = graph.stepInput(name);
        feeds[input] ??= float32(new Float32Array(steps), [steps]);
        numbers(feeds[input])[step] = value;
      }
    }
    for (const [name, value] of Object.entries(this.#optimizer.scalars))
      feeds[name] = float32(Float32Array.of(value), []);
    for (const [id, tensor] of this.#state) feeds[graph.stateInput(id)] = tensor;

    const results = await this.#training.run(feeds);
    for (const id of this.#state.keys())
      this.#state.set(id, results[graph.stateOutput(id)] as OrtTensor);
    this.#iterations += steps;
    const losses = numbers(results[graph.LOSSES]);
    const correct = numbers(results[graph.CORRECT]);
    return Array.from(losses, (lossSum, step) => ({
      rows: batchSize,
      lossSum,
      metricSums: { accuracy: correct[step] ?? Number.NaN },
    }));
  }

  async evaluate(rows: Int32Array): Promise<BatchMetrics> {
    const feeds: Record<string, OrtTensor> = {
      ...this.#constant,
      [graph.ORDER]: new OrtTensor("int32", rows, [rows.length]),
    };
    for (const { id } of this.#blocks) feeds[id] = this.#state.get(id) as OrtTensor;
    const results = await this.#evaluation.run(feeds);
    return {
      rows: rows.length,
      lossSum: numbers(results[graph.LOSSES])[0] ?? Number.NaN,
      metricSums: { accuracy: numbers(results[graph.CORRECT])[0] ?? Number.NaN },
    };
  }

  weights(): Tensors {
    return joinBlocks(this.#blocks, this.#weightNames, ({ id }) => this.#numbersOf(id));
  }

  /** A copy, by slot, in the graph's own scale: exact to go on from. */
  slots(): ReadonlyMap<string, Tensors> {
    return new Map(
      this.#optimizer.slots.map(({ name }) => [
        name,
        joinBlocks(this.#blocks, this.#weightNames, ({ id }) =>
          this.#numbersOf(graph.slotId(name, id)),
        ),
      ]),
    );
  }

  kerasSlots(): ReadonlyMap<string, Tensors> {
    const own = this.slots();
    return new Map(
      this.#optimizer.slots.map(({ name: slot, kerasScale }) => {
        const scaled = new Map<string, Tensor>();
        for (const [name, { shape, data }] of own.get(slot) ?? [])
          scaled.set(name, { shape, data: data.map((value) => value * kerasScale) });
        return [slot, scaled];
      }),
    );
  }

  #numbersOf(id: string): Float32Array {
    return numbers(this.#state.get(id));
  }
}

const float32 = (data: Float32Array, shape: readonly number[]) =>
  new OrtTensor("float32", data, [...shape]);

const numbers = (tensor: OrtTensor | undefined): Float32Array => tensor?.data as Float32Array;
