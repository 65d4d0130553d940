import { sizeOf } from "../tensor.js";
import { addGradients } from "./gradients/addGradients.js";
import {
  KEYS,
  LOSSES,
  metricOutput,
  ORDER,
  ROW_WEIGHTS,
  STEPS,
  slotId,
  stateInput,
  stateOutput,
  stepInput,
  X,
  Y,
} from "./graphNames.js";
import { addMeasures, type GraphPlan, type ScalarInput } from "./measures.js";
import { metricNames } from "./metrics.js";
import {
  type ElementType,
  encodeModel,
  graphProto,
  loopProto,
  type TensorType,
} from "./onnxModel.js";
import { OpGraph, type Value } from "./opGraph.js";
import type { OptimizerRule } from "./optimizers/optimizerRule.js";
import { StepRandomness } from "./stepRandomness.js";

/** A graph with what it has to be fed beyond data and weights. */
export interface CompiledPlan {
  /** An .onnx file. */
  readonly bytes: Uint8Array;
  /** Numbers of the plan that are inputs, so that plans that differ in them share a graph. */
  readonly scalars: ReadonlyMap<Value, ScalarInput>;
  /** Random uint32 that each step needs. */
  readonly keysPerStep: number;
}

/**
 * A graph that trains: a Loop whose round is one step on one batch. Weights, moving statistics and
 * slots go from round to round, so that JavaScript is entered once for many steps.
 * Batch size, learning rate and the optimizer's numbers are inputs: one graph serves all of them.
 */
export function trainingGraph(plan: GraphPlan, optimizer: OptimizerRule): CompiledPlan {
  const outer = new OpGraph("outer/");
  const body = new OpGraph();
  const scalars = new Map<Value, ScalarInput>();
  const state = new Map<string, Value>();
  const random = new StepRandomness(outer, body, { keys: KEYS, order: ORDER });
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
    ...(random.keys > 0
      ? [{ name: KEYS, type: "uint32", shape: ["steps", random.keys] } as const]
      : []),
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
