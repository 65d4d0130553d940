import type { ModelDescription } from "../model/describeModel.js";
import { sizeOf } from "../tensor.js";
import { addGradients } from "./gradients/addGradients.js";
import { addLossSum, type Measured } from "./loss.js";
import { addMetricSums, metricNames } from "./metrics.js";
import { addNetwork, type NetworkContext } from "./network/addNetwork.js";
import { RAMP_STEP } from "./network/random.js";
import { addWeightValues } from "./network/weightValues.js";
import {
  type ElementType,
  elementNumber,
  encodeModel,
  graphProto,
  loopProto,
  type TensorType,
} from "./onnxModel.js";
import { OpGraph, type Value } from "./opGraph.js";
import type { OptimizerRule } from "./optimizers/optimizerRule.js";
import { addPenalties } from "./penalties.js";
import type { WeightBlock } from "./weightBlocks.js";

export interface GraphPlan {
  readonly model: ModelDescription;
  readonly blocks: readonly WeightBlock[];
  /** uint8 pixels are scaled to 0..1 in the graph; float32 is taken as it is. */
  readonly xType: "uint8" | "float32";
  /** int32: class ids [rows]. float32: targets [rows, outputs]. */
  readonly yType: "int32" | "float32";
  /** Rows count differently in the training loss. */
  readonly isWeighted: boolean;
}

/** A graph with what it has to be fed beyond data and weights. */
export interface CompiledPlan {
  /** An .onnx file. */
  readonly bytes: Uint8Array;
  /** Numbers of the plan that are inputs, so that plans that differ in them share a graph. */
  readonly scalars: ReadonlyMap<Value, ScalarInput>;
  /** Random uint32 that each step needs. */
  readonly keysPerStep: number;
}

export interface ScalarInput {
  readonly type: "float32" | "uint32";
  readonly value: number;
}

/** Names of the graphs' inputs and outputs. */
export const X = "x"; // [rows, inputs], the whole data set
export const Y = "y"; // class ids [rows], or targets [rows, outputs]
export const ROW_WEIGHTS = "row_weights"; // [rows]
export const ORDER = "order"; // row numbers: [steps, batch] in training, [batch] in evaluation
export const KEYS = "keys"; // uint32 [steps, keysPerStep]
export const STEPS = "steps";
export const LOSSES = "losses"; // per step: summed over the batch, penalties times its rows
export const metricOutput = (name: string): Value => `metrics/${name}`; // per step: summed over the batch
export const stepInput = (name: Value): Value => `steps/${name}`; // [steps], a scalar of each step
export const stateInput = (id: Value): Value => `in/${id}`;
export const stateOutput = (id: Value): Value => `out/${id}`;
export const slotId = (slot: string, blockId: Value): Value => `${slot}:${blockId}`;

/**
 * A graph that trains: a Loop whose round is one step on one batch. Weights, moving statistics and
 * slots go from round to round, so that JavaScript is entered once for many steps.
 * Batch size, learning rate and the optimizer's numbers are inputs: one graph serves all of them.
 */
export function trainingGraph(plan: GraphPlan, optimizer: OptimizerRule): CompiledPlan {
  const outer = new OpGraph();
  const body = new OpGraph();
  const scalars = new Map<Value, ScalarInput>();
  const state = new Map<string, Value>();
  const random = new StepRandomness(outer, body);
  const rows = body.add("Gather", [ORDER, "step"]);
  const stepScalars = Object.keys(optimizer.stepScalars(1, 1));
  for (const name of stepScalars) body.rename(body.add("Gather", [stepInput(name), "step"]), name);
  const { lossSum, metrics } = addMeasures(body, plan, rows, {
    training: true,
    random,
    scalars,
    setState: (name, value) => state.set(name, value),
  });
  const going = body.add("Identity", ["going"]);

  const trainable = plan.blocks.filter((block) => block.trainable);
  const gradients = addGradients(
    body,
    lossSum,
    "gradient", // 1 / batch, so that gradients are those of the mean, and what the optimizer wants
    new Set(trainable.map(({ id }) => id)),
  );
  const blockGradients = trainable.map(({ id }) => {
    const gradient = gradients.get(id);
    if (gradient === undefined) throw new Error(`${id} has no influence on the loss`);
    return gradient;
  });
  const prepared = optimizer.prepare?.(body, blockGradients) ?? blockGradients;

  const before: TensorType[] = [];
  const after: TensorType[] = [];
  const carry = (name: Value, next: Value, shape: readonly number[]) => {
    before.push({ name, type: "float32", shape });
    after.push({ name: next, type: "float32", shape });
  };
  for (const [index, { id, shape }] of trainable.entries()) {
    const slots = optimizer.slots.map((slot) => slotId(slot.name, id));
    const gradient = prepared[index] as Value;
    const updated = optimizer.update(body, { weight: id, gradient, slots });
    carry(id, updated.weight, shape);
    for (const [slot, name] of slots.entries()) carry(name, updated.slots[slot] as Value, shape);
  }
  for (const { id, shape } of plan.blocks.filter((block) => !block.trainable))
    carry(id, state.get(id) as Value, shape);

  const measured = [lossSum, ...metrics];
  const bodyGraph = graphProto("step", body, {
    inputs: [scalar("step", "int64"), scalar("going", "bool"), ...before],
    outputs: [
      scalar(going, "bool"),
      ...after,
      ...measured.map((value) => scalar(value, "float32")),
    ],
  });
  const renamed = (rename: (id: Value) => Value) =>
    before.map((type) => ({ ...type, name: rename(type.name) }));
  const inputs: TensorType[] = [
    scalar(STEPS, "int64"),
    ...dataInputs(plan),
    ...(plan.isWeighted ? [vector(ROW_WEIGHTS, "float32", "rows")] : []),
    { name: ORDER, type: "int32", shape: ["steps", "batch"] },
    ...random.inputs(),
    ...stepScalars.map((name) => vector(stepInput(name), "float32", "steps")),
    ...Object.keys(optimizer.scalars).map((name) => scalar(name, "float32")),
    ...scalarInputs(scalars),
    ...renamed(stateInput),
  ];
  const outputs: TensorType[] = [
    ...renamed(stateOutput),
    ...measureNames(plan).map((name) => vector(name, "float32", "steps")),
  ];
  const loop = loopProto(
    STEPS,
    before.map(({ name }) => stateInput(name)),
    outputs.map(({ name }) => name),
    bodyGraph,
  );
  const bytes = encodeModel(graphProto("training", outer, { inputs, outputs }, [loop]));
  return { bytes, scalars, keysPerStep: random.keys };
}

/** A graph that measures one batch in inference mode. */
export function evaluationGraph(plan: GraphPlan): CompiledPlan {
  const graph = new OpGraph();
  const scalars = new Map<Value, ScalarInput>();
  const unweighted = { ...plan, isWeighted: false };
  const { lossSum, metrics } = addMeasures(graph, unweighted, ORDER, {
    training: false,
    scalars,
    setState: () => undefined,
  });
  const outputs = measureNames(plan).map((name) => scalar(name, "float32"));
  [lossSum, ...metrics].forEach((value, index) => {
    graph.rename(value, (outputs[index] as TensorType).name);
  });
  const inputs: TensorType[] = [
    ...dataInputs(plan),
    vector(ORDER, "int32", "batch"),
    ...scalarInputs(scalars),
    ...plan.blocks.map(({ id, shape }): TensorType => ({ name: id, type: "float32", shape })),
  ];
  const bytes = encodeModel(graphProto("evaluation", graph, { inputs, outputs }));
  return { bytes, scalars, keysPerStep: 0 };
}

const scalar = (name: Value, type: ElementType): TensorType => ({ name, type, shape: [] });
const vector = (name: Value, type: ElementType, size: string): TensorType => ({
  name,
  type,
  shape: [size],
});

const scalarInputs = (scalars: ReadonlyMap<Value, ScalarInput>): TensorType[] =>
  [...scalars].map(([name, { type }]) => scalar(name, type));

const dataInputs = ({ model, xType, yType }: GraphPlan): TensorType[] => [
  { name: X, type: xType, shape: ["rows", sizeOf(model.inputShape)] },
  { name: Y, type: yType, shape: yType === "int32" ? ["rows"] : ["rows", model.outputs] },
];

/** Outputs of the measures, in their order. */
const measureNames = ({ model }: GraphPlan): Value[] => [
  LOSSES,
  ...metricNames(model.task).map(metricOutput),
];

interface MeasureOptions {
  readonly training: boolean;
  readonly random?: StepRandomness;
  readonly scalars: Map<Value, ScalarInput>;
  setState(name: string, value: Value): void;
}

/** Adds the forward pass on the given rows of the data, its loss and its metrics. */
function addMeasures(
  graph: OpGraph,
  { model, blocks, xType, yType, isWeighted }: GraphPlan,
  rows: Value,
  { training, random, scalars, setState }: MeasureOptions,
) {
  const input = addInput(graph, graph.add("Gather", [X, rows]), xType);
  const targets = addTargets(graph, graph.add("Gather", [Y, rows]), yType, model.outputs);
  const weights = addWeightValues(graph, blocks);
  const pieces = (name: string) => weights.get(name) ?? [];
  const numberInput = (type: ScalarInput["type"]) => (name: string, value: number) => {
    scalars.set(name, { type, value });
    return name;
  };
  const context: NetworkContext = {
    graph,
    training,
    weight: (name) => pieces(name)[0]?.value ?? "",
    kernelPieces: pieces,
    scalar: numberInput("float32"),
    unsigned: numberInput("uint32"),
    setState,
    ...(random && { random }),
  };
  const outputs = addNetwork(context, model, input);
  const measured: Measured & { labels?: Value } = {
    outputs,
    ...targets,
    n: model.outputs,
    ...(isWeighted && { rowWeights: graph.add("Gather", [ROW_WEIGHTS, rows]) }),
  };
  const dataLoss = addLossSum(context, model.loss, measured);
  const penalty = addPenalties(context, model);
  const lossSum =
    penalty === undefined
      ? dataLoss
      : graph.add("Add", [dataLoss, graph.add("Mul", [penalty, countOf(graph, rows)])]);
  const sums = addMetricSums(graph, model, measured);
  return { lossSum, metrics: metricNames(model.task).map((name) => sums[name] as Value) };
}

const countOf = (graph: OpGraph, rows: Value): Value =>
  graph.add("Cast", [graph.add("Size", [rows])], { to: elementNumber("float32") });

function addInput(graph: OpGraph, values: Value, type: GraphPlan["xType"]): Value {
  if (type === "float32") return values;
  const pixels = graph.add("Cast", [values], { to: elementNumber("float32") });
  return graph.add("Mul", [pixels, graph.scalar(1 / 255)]);
}

/** Targets [B, n], and class ids [B] where there are any. */
function addTargets(
  graph: OpGraph,
  values: Value,
  type: GraphPlan["yType"],
  n: number,
): { targets: Value; labels?: Value } {
  if (type === "float32") return { targets: values };
  const labels = graph.add("Cast", [values], { to: elementNumber("int64") });
  if (n > 1) return { labels, targets: graph.add("Gather", [identityMatrix(graph, n), labels]) };
  const target = graph.add("Cast", [values], { to: elementNumber("float32") });
  return { labels, targets: graph.add("Unsqueeze", [target, graph.integers(1)]) };
}

function identityMatrix(graph: OpGraph, size: number): Value {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return graph.constant("identity", [size, size], data);
}

/** Hands out keys of a step, and ramps that are made once a call. */
class StepRandomness {
  keys = 0;
  readonly #outer: OpGraph;
  readonly #body: OpGraph;
  readonly #ramps = new Map<number, Value>();
  #row: Value | undefined;

  constructor(outer: OpGraph, body: OpGraph) {
    this.#outer = outer;
    this.#body = body;
  }

  key(): Value {
    this.#row ??= this.#body.add("Gather", [KEYS, "step"]);
    return this.#body.add("Gather", [this.#row, this.#body.integer(this.keys++)]);
  }

  ramp(size: number): Value {
    const made = this.#ramps.get(size);
    if (made !== undefined) return made;
    const graph = this.#outer;
    const batch = graph.add("Gather", [graph.add("Shape", [ORDER]), graph.integer(1)]);
    const count = graph.add("Mul", [batch, graph.integer(size)]);
    const numbers = graph.add("Range", [graph.integer(0), count, graph.integer(1)]);
    const unsigned = graph.add("Cast", [numbers], { to: elementNumber("uint32") });
    const ramp = graph.add("Mul", [unsigned, graph.unsigned(RAMP_STEP)]);
    graph.rename(ramp, `ramp_${size}`);
    this.#ramps.set(size, `ramp_${size}`);
    return `ramp_${size}`;
  }

  inputs(): TensorType[] {
    return this.keys === 0 ? [] : [{ name: KEYS, type: "uint32", shape: ["steps", this.keys] }];
  }
}
