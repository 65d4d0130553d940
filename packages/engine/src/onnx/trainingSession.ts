import { Tensor as OrtTensor } from "onnxruntime-node";
import type { Rows } from "../dataset.js";
import type { BatchMetrics, SessionSetup, StepSession, TrainBatches } from "../engine.js";
import { createUint32, STREAM } from "../random.js";
import { sizeOf, type Tensor, type Tensors } from "../tensor.js";
import * as graph from "./graphNames.js";
import { fromHeld, type HeldWeight, heldWeights, TRANSPOSE_FROM, toHeld } from "./heldWeights.js";
import type { GraphPlan } from "./measures.js";
import { metricNames } from "./metrics.js";
import { createOptimizerRule } from "./optimizers/createOptimizerRule.js";
import type { OptimizerRule } from "./optimizers/optimizerRule.js";
import { type SharedSession, sharedSession } from "./sharedSession.js";
import { type CompiledPlan, evaluationGraph, stepGraph } from "./stepGraph.js";
import { rampOf } from "./stepRandomness.js";
import { runInto } from "./uncopiedOutputs.js";
import { UpdateState } from "./updateState.js";

type Feeds = Record<string, OrtTensor>;

/** A compiled graph and the numbers of the plan that it is fed with at every call. */
interface Program extends Omit<CompiledPlan, "bytes" | "scalars"> {
  readonly compiled: SharedSession;
  readonly scalars: Feeds;
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
  readonly #weights: readonly HeldWeight[];
  readonly #trained: readonly HeldWeight[];
  readonly #state: UpdateState;
  readonly #data: DataFeeds;
  readonly #programs = new Map<string, Program>();
  /** Of weights by their names, and outputs of a step: tensors over memory that stays. */
  readonly #weightFeeds: Feeds = {};
  readonly #outputs: Feeds = {};
  #iterations: number;

  static async create(setup: SessionSetup): Promise<TrainingSession> {
    const session = new TrainingSession(setup);
    await session.#program("evaluation", session.#data);
    return session;
  }

  private constructor(setup: SessionSetup) {
    const { model, dataset, weights, slots, iterations, rowWeights } = setup;
    this.#setup = setup;
    this.#optimizer = createOptimizerRule(setup.optimizer);
    this.#weights = heldWeights(model, TRANSPOSE_FROM);
    this.#trained = this.#weights.filter(({ trainable }) => trainable);
    this.#state = new UpdateState(this.#trained, this.#optimizer);
    this.#iterations = iterations ?? 0;
    this.#data = dataFeeds({ ...dataset.train, sampleWeight: rowWeights }, model.outputs);
    for (const held of this.#weights) this.#addWeight(held, weights);
    for (const { name, initial } of this.#optimizer.slots) {
      const kept = slots?.get(name);
      for (const held of this.#trained) {
        const slot = this.#state.slot(name, held.name);
        if (kept === undefined) slot.fill(initial);
        else slot.set(toHeld(held, dataOf(kept, held.name)));
      }
    }
    for (const output of [graph.LOSS, ...metricNames(model.task).map(graph.metricOutput)])
      this.#outputs[output] = number(Number.NaN);
  }

  #addWeight(held: HeldWeight, weights: Tensors): void {
    const { name, shape, trainable } = held;
    const data = trainable ? this.#state.weight(name) : new Float32Array(sizeOf(shape));
    data.set(toHeld(held, dataOf(weights, name)));
    this.#weightFeeds[name] = float32(data, shape);
    if (trainable)
      this.#outputs[graph.gradientOutput(name)] = float32(this.#state.gradient(name), shape);
    else this.#outputs[graph.stateOutput(name)] = float32(new Float32Array(data.length), shape);
  }

  get iterations(): number {
    return this.#iterations;
  }

  async train({ order, batchSize, rates, augmented }: TrainBatches): Promise<BatchMetrics[]> {
    const data = augmented === undefined ? this.#data : this.#augmented(augmented);
    const program = await this.#program("training", data);
    const feeds: Feeds = { ...data.feeds, ...program.scalars, ...this.#weightFeeds };
    for (const [size, name] of program.ramps) {
      const ramp = rampOf(size * batchSize);
      feeds[name] = new OrtTensor("uint32", ramp, [ramp.length]);
    }
    const measures: BatchMetrics[] = [];
    for (let from = 0; from < order.length; from += batchSize) {
      const rate = rates[measures.length] as number;
      await this.#step(program, feeds, order.subarray(from, from + batchSize), rate);
      measures.push(this.#measures(this.#outputs, batchSize));
    }
    return measures;
  }

  async #step(program: Program, feeds: Feeds, rows: Int32Array, rate: number): Promise<void> {
    const { optimizerScalars, keysPerStep } = program;
    const scalars = this.#optimizer.stepScalars(rate, this.#iterations + 1);
    scalars.gradient /= rows.length;
    const values: Readonly<Record<string, number>> = { ...this.#optimizer.scalars, ...scalars };
    for (const name of optimizerScalars) feeds[name] = number(values[name] as number);
    feeds[graph.ORDER] = new OrtTensor("int32", rows, [rows.length]);
    if (keysPerStep > 0) {
      const keys = stepKeys(this.#setup.seed, this.#iterations, keysPerStep);
      feeds[graph.KEYS] = new OrtTensor("uint32", keys, [keysPerStep]);
    }
    await runInto(program.compiled.session, feeds, this.#outputs);
    this.#state.update(scalars);
    for (const { name, trainable } of this.#weights) {
      if (trainable) continue;
      const next = graph.stateOutput(name);
      const before = this.#weightFeeds[name] as OrtTensor;
      feeds[name] = this.#weightFeeds[name] = this.#outputs[next] as OrtTensor;
      this.#outputs[next] = before;
    }
    this.#iterations++;
  }

  async evaluate(rows: Int32Array): Promise<BatchMetrics> {
    const program = await this.#program("evaluation", this.#data);
    const { [graph.ROW_WEIGHTS]: _, ...data } = this.#data.feeds;
    const order = new OrtTensor("int32", rows, [rows.length]);
    const feeds = { ...data, ...program.scalars, ...this.#weightFeeds, [graph.ORDER]: order };
    return this.#measures(await program.compiled.session.run(feeds), rows.length);
  }

  weights(): Tensors {
    return tensorsOf(this.#weights, ({ name }) => this.#weightFeeds[name]?.data as Float32Array);
  }

  /** A copy, by slot, in the rule's own scale: exact to go on from. */
  slots(): ReadonlyMap<string, Tensors> {
    return new Map(
      this.#optimizer.slots.map(({ name: slot }) => [
        slot,
        tensorsOf(this.#trained, ({ name }) => this.#state.slot(slot, name)),
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

  async release(): Promise<void> {
    for (const { compiled } of this.#programs.values()) await compiled.release();
    this.#programs.clear();
  }

  /** Compiled when it is first needed; the process keeps it for other runs of the same graph. */
  async #program(kind: "training" | "evaluation", data: DataFeeds): Promise<Program> {
    const { xType, yType, feeds } = data;
    const isWeighted = graph.ROW_WEIGHTS in feeds;
    const key = [kind, xType, yType, isWeighted].join();
    const made = this.#programs.get(key);
    if (made !== undefined) return made;
    const { model, threads } = this.#setup;
    const plan = { model, weights: this.#weights, xType, yType, isWeighted };
    const { bytes, scalars, ...rest } =
      kind === "training" ? stepGraph(plan, this.#optimizer) : evaluationGraph(plan);
    const fed: Feeds = {};
    for (const [name, { type, value }] of scalars)
      fed[name] =
        type === "uint32" ? new OrtTensor("uint32", Uint32Array.of(value), []) : number(value);
    const program = { compiled: await sharedSession(bytes, threads), scalars: fed, ...rest };
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

  #measures(outputs: Readonly<Record<string, unknown>>, rows: number): BatchMetrics {
    const sumOf = (output: string) => numberOf(outputs[output] as OrtTensor | undefined);
    const metrics = metricNames(this.#setup.model.task);
    return {
      rows,
      lossSum: sumOf(graph.LOSS),
      metricSums: Object.fromEntries(
        metrics.map((name) => [name, sumOf(graph.metricOutput(name))]),
      ),
    };
  }
}

/** Whole weights, or what belongs to them, in new memory. */
const tensorsOf = (
  weights: readonly HeldWeight[],
  heldData: (weight: HeldWeight) => Float32Array,
): Tensors =>
  new Map(
    weights.map((held) => [
      held.name,
      { shape: held.weightShape, data: fromHeld(held, heldData(held)) },
    ]),
  );

const dataOf = (tensors: Tensors, name: string): Float32Array => (tensors.get(name) as Tensor).data;

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

/** What step number `step` draws for its random layers: from its own number alone. */
function stepKeys(seed: number, step: number, count: number): Uint32Array {
  const next = createUint32(seed, STREAM.layers, step);
  return Uint32Array.from({ length: count }, next);
}

const float32 = (data: Float32Array, shape: readonly number[]) =>
  new OrtTensor("float32", data, [...shape]);

const number = (value: number) => float32(Float32Array.of(value), []);

/** The only number of a tensor. */
const numberOf = (tensor: OrtTensor | undefined): number =>
  (tensor?.data as Float32Array | undefined)?.[0] ?? Number.NaN;
