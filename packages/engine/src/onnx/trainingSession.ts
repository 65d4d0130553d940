import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Rows } from "../dataset.js";
import type { BatchMetrics, SessionSetup, StepSession, TrainBatches } from "../engine.js";
import { createUint32, STREAM } from "../random.js";
import { sizeOf, type Tensor, type Tensors } from "../tensor.js";
import * as graph from "./graphNames.js";
import type { GraphPlan } from "./measures.js";
import { metricNames } from "./metrics.js";
import { type OptimizerRule, optimizerRule } from "./optimizers/optimizerRule.js";
import { cachedSession } from "./session.js";
import { evaluationGraph, trainingGraph } from "./trainingGraph.js";
import {
  cutBlock,
  joinBlocks,
  trainingLimits,
  type WeightBlock,
  weightBlocks,
} from "./weightBlocks.js";

/** Neither cut nor packed: for optimizers that look at each weight as a whole. */
const WHOLE_BLOCKS = { cutAbove: Number.POSITIVE_INFINITY, packBelow: 0 };

type Feeds = Record<string, OrtTensor>;

/** A compiled graph and the numbers of the plan that it is fed with at every call. */
interface Program {
  readonly session: InferenceSession;
  readonly scalars: Feeds;
  readonly keysPerStep: number;
}

/** Rows as the graphs take them. */
interface DataFeeds {
  readonly feeds: Feeds;
  readonly xType: GraphPlan["xType"];
  readonly yType: GraphPlan["yType"];
}

/** Weights and optimizer state of one run, and the compiled graphs that move them on. */
export class TrainingSession implements StepSession {
  readonly #setup: SessionSetup;
  readonly #optimizer: OptimizerRule;
  readonly #blocks: readonly WeightBlock[];
  readonly #data: DataFeeds;
  readonly #programs = new Map<string, Program>();
  /** Of each block and slot, by its id. */
  #state: Map<string, OrtTensor>;
  #iterations: number;

  static async create(setup: SessionSetup): Promise<TrainingSession> {
    const session = new TrainingSession(setup);
    await session.#program("evaluation", session.#data);
    return session;
  }

  private constructor(setup: SessionSetup) {
    const { model, dataset, weights, slots, iterations, rowWeights, threads } = setup;
    this.#setup = setup;
    this.#optimizer = optimizerRule(setup.optimizer);
    const limits = trainingLimits(threads);
    this.#blocks = weightBlocks(
      model,
      this.#optimizer.needsWholeWeights ? { ...limits, ...WHOLE_BLOCKS } : limits,
    );
    this.#iterations = iterations ?? 0;
    this.#data = dataFeeds({ ...dataset.train, sampleWeight: rowWeights }, model.outputs);
    this.#state = new Map();
    for (const block of this.#blocks) {
      this.#state.set(block.id, float32(cutBlock(block, weights), block.shape));
      if (!block.trainable) continue;
      for (const slot of this.#optimizer.slots) {
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

  async train({ order, batchSize, rates, augmented }: TrainBatches): Promise<BatchMetrics[]> {
    const data = augmented === undefined ? this.#data : this.#augmented(augmented);
    const { session, scalars, keysPerStep } = await this.#program("training", data);
    const steps = order.length / batchSize;
    const feeds: Feeds = {
      ...data.feeds,
      ...scalars,
      [graph.STEPS]: new OrtTensor("int64", BigInt64Array.of(BigInt(steps)), []),
      [graph.ORDER]: new OrtTensor("int32", order, [steps, batchSize]),
    };
    for (let step = 0; step < steps; step++) {
      const numbersOfStep = this.#optimizer.stepScalars(
        rates[step] as number,
        this.#iterations + step + 1,
      );
      numbersOfStep.gradient /= batchSize;
      for (const [name, value] of Object.entries(numbersOfStep)) {
        const input = graph.stepInput(name);
        feeds[input] ??= float32(new Float32Array(steps), [steps]);
        numbers(feeds[input])[step] = value;
      }
    }
    if (keysPerStep > 0) {
      const keys = stepKeys(this.#setup.seed, this.#iterations, steps, keysPerStep);
      feeds[graph.KEYS] = new OrtTensor("uint32", keys, [steps, keysPerStep]);
    }
    for (const [id, tensor] of this.#state) feeds[graph.stateInput(id)] = tensor;

    const results = await session.run(feeds);
    for (const id of this.#state.keys())
      this.#state.set(id, results[graph.stateOutput(id)] as OrtTensor);
    this.#iterations += steps;
    return Array.from({ length: steps }, (_, step) => this.#measures(results, step, batchSize));
  }

  async evaluate(rows: Int32Array): Promise<BatchMetrics> {
    const { session, scalars } = await this.#program("evaluation", this.#data);
    const { [graph.ROW_WEIGHTS]: _, ...data } = this.#data.feeds;
    const feeds: Feeds = {
      ...data,
      ...scalars,
      [graph.ORDER]: new OrtTensor("int32", rows, [rows.length]),
    };
    for (const { id } of this.#blocks) feeds[id] = this.#state.get(id) as OrtTensor;
    return this.#measures(await session.run(feeds), 0, rows.length);
  }

  weights(): Tensors {
    const names = this.#setup.model.weights.map(({ name }) => name);
    return joinBlocks(this.#blocks, names, ({ id }) => this.#numbersOf(id));
  }

  /** A copy, by slot, in the graph's own scale: exact to go on from. */
  slots(): ReadonlyMap<string, Tensors> {
    const names = this.#setup.model.weights.flatMap(({ name, trainable }) =>
      trainable ? [name] : [],
    );
    const blocks = this.#blocks.filter(({ trainable }) => trainable);
    return new Map(
      this.#optimizer.slots.map(({ name }) => [
        name,
        joinBlocks(blocks, names, ({ id }) => this.#numbersOf(graph.slotId(name, id))),
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

  /** Compiled when it is first needed; the process keeps it for other runs of the same graph. */
  async #program(kind: "training" | "evaluation", data: DataFeeds): Promise<Program> {
    const { xType, yType, feeds } = data;
    const isWeighted = graph.ROW_WEIGHTS in feeds;
    const key = [kind, xType, yType, isWeighted].join();
    const made = this.#programs.get(key);
    if (made !== undefined) return made;
    const { model, threads } = this.#setup;
    const plan = { model, blocks: this.#blocks, xType, yType, isWeighted };
    const { bytes, scalars, keysPerStep } =
      kind === "training" ? trainingGraph(plan, this.#optimizer) : evaluationGraph(plan);
    const fed: Feeds = {};
    for (const [name, { type, value }] of scalars)
      fed[name] =
        type === "uint32"
          ? new OrtTensor("uint32", Uint32Array.of(value), [])
          : float32(Float32Array.of(value), []);
    if (kind === "training")
      for (const [name, value] of Object.entries(this.#optimizer.scalars))
        fed[name] = float32(Float32Array.of(value), []);
    const session = await cachedSession(bytes, threads);
    const program = { session, scalars: fed, keysPerStep };
    this.#programs.set(key, program);
    return program;
  }

  /** Augmented rows with what their originals have that augmentation left as it was. */
  #augmented({ rows, x, targets, sampleWeight }: NonNullable<TrainBatches["augmented"]>) {
    const { dataset, rowWeights, model } = this.#setup;
    const { y, count } = dataset.train;
    const width = y.length / count;
    const kept = () => {
      const picked =
        y instanceof Float32Array
          ? new Float32Array(rows.length * width)
          : new Int32Array(rows.length);
      rows.forEach((row, at) => {
        picked.set(y.subarray(row * width, (row + 1) * width), at * width);
      });
      return picked;
    };
    const weights =
      sampleWeight ?? (rowWeights && Float32Array.from(rows, (row) => rowWeights[row] as number));
    const made = { count: rows.length, x, y: targets ?? kept(), sampleWeight: weights };
    return dataFeeds(made, model.outputs);
  }

  #measures(results: InferenceSession.OnnxValueMapType, step: number, rows: number): BatchMetrics {
    const sumOf = (output: string) => numbers(results[output] as OrtTensor)[step] ?? Number.NaN;
    const metrics = metricNames(this.#setup.model.task);
    return {
      rows,
      lossSum: sumOf(graph.LOSSES),
      metricSums: Object.fromEntries(
        metrics.map((name) => [name, sumOf(graph.metricOutput(name))]),
      ),
    };
  }

  #numbersOf(id: string): Float32Array {
    return numbers(this.#state.get(id));
  }
}

type FedRows = Omit<Rows, "sampleWeight"> & { readonly sampleWeight: Float32Array | undefined };

/** @param outputs numbers of a target row, where targets are no class ids. */
function dataFeeds({ count, x, y, sampleWeight }: FedRows, outputs: number): DataFeeds {
  const xType = x instanceof Uint8Array ? "uint8" : "float32";
  const yType = y instanceof Float32Array ? "float32" : "int32";
  const target =
    y instanceof Float32Array
      ? float32(y.length === count * outputs ? y : ofSecondClass(y), [count, outputs])
      : new OrtTensor("int32", Int32Array.from(y), [count]);
  const feeds: Feeds = {
    [graph.X]: new OrtTensor(xType, x, [count, x.length / count]),
    [graph.Y]: target,
  };
  if (sampleWeight !== undefined) feeds[graph.ROW_WEIGHTS] = float32(sampleWeight, [count]);
  return { feeds, xType, yType };
}

/** A model with one output for two classes gives the probability of the second. */
const ofSecondClass = (targets: Float32Array): Float32Array =>
  Float32Array.from({ length: targets.length / 2 }, (_, row) => targets[2 * row + 1] as number);

/** What steps from `first` on draw for their random layers: each step from its own number alone. */
function stepKeys(seed: number, first: number, steps: number, perStep: number): Uint32Array {
  const keys = new Uint32Array(steps * perStep);
  for (let step = 0; step < steps; step++) {
    const next = createUint32(seed, STREAM.layers, first + step);
    for (let key = 0; key < perStep; key++) keys[step * perStep + key] = next();
  }
  return keys;
}

const float32 = (data: Float32Array, shape: readonly number[]) =>
  new OrtTensor("float32", data, [...shape]);

const numbers = (tensor: OrtTensor | undefined): Float32Array => tensor?.data as Float32Array;
