import { sizeOf } from "../tensor.js";
import { addGradients } from "./gradients/addGradients.js";
import {
  gradientOutput,
  KEYS,
  LOSS,
  metricOutput,
  ORDER,
  ROW_WEIGHTS,
  stateOutput,
  X,
  Y,
} from "./graphNames.js";
import { addMeasures, type GraphPlan, type ScalarInput } from "./measures.js";
import { metricNames } from "./metrics.js";
import { type ElementType, encodeModel, graphProto, type TensorType } from "./onnxModel.js";
import { OpGraph, type Value } from "./opGraph.js";
import type { OptimizerRule } from "./optimizers/optimizerRule.js";
import { StepRandomness } from "./stepRandomness.js";
import { UNCOPIED } from "./uncopiedOutputs.js";

/** A graph with what it has to be fed beyond data and weights. */
export interface CompiledPlan {
  /** An .onnx file. */
  readonly bytes: Uint8Array;
  /** Numbers of the plan that are inputs, so that plans that differ in them share a graph. */
  readonly scalars: ReadonlyMap<Value, ScalarInput>;
  /** Numbers of the optimizer that are inputs, as it changes gradients before its update. */
  readonly optimizerScalars: readonly Value[];
  /** Random uint32 that each step needs. */
  readonly keysPerStep: number;
  /** Inputs of `rampOf` a batch of rows, by the rows' size. */
  readonly ramps: ReadonlyMap<number, Value>;
}

/**
 * A graph of one training step without its update: it takes a batch's row numbers and the weights,
 * and gives the loss, the metrics, the gradients that the optimizer is to see, and what moving
 * statistics become. Batch size and numbers of the plan are inputs: one graph serves all of them.
 */
export function stepGraph(plan: GraphPlan, optimizer: OptimizerRule): CompiledPlan {
  const graph = new OpGraph();
  const scalars = new Map<Value, ScalarInput>();
  const outputs: TensorType[] = [];
  const output = (value: Value, name: Value, shape: readonly number[]) => {
    // A gradient may be another one's too, or an input.
    graph.rename(graph.add("Identity", [value]), name);
    outputs.push({ name, type: "float32", shape });
  };
  const random = new StepRandomness(graph, KEYS);
  const { lossSum, metrics } = addMeasures(graph, plan, ORDER, {
    training: true,
    random,
    scalars,
    setState: (name, value) => {
      const shape = plan.weights.find((weight) => weight.name === name)?.shape ?? [];
      output(value, stateOutput(name), shape);
    },
  });
  const trainable = plan.weights.filter((weight) => weight.trainable);
  const gradients = addGradients(
    graph,
    lossSum,
    "gradient", // 1 / batch, so that gradients are those of the mean, and what the optimizer wants
    new Set(trainable.map(({ name }) => name)),
  );
  const plain = trainable.map(({ name }) => {
    const gradient = gradients.get(name);
    if (gradient === undefined) throw new Error(`${name} has no influence on the loss`);
    return gradient;
  });
  const prepared = optimizer.prepare?.(graph, plain) ?? plain;
  for (const [index, { name, shape }] of trainable.entries())
    output(prepared[index] as Value, gradientOutput(name), shape);
  const names = measureNames(plan);
  [lossSum, ...metrics].forEach((value, index) => {
    output(value, names[index] as Value, []);
  });

  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const optimizerScalars = Object.keys({
    ...optimizer.scalars,
    ...optimizer.stepScalars(1, 1),
  }).filter((name) => used.has(name));
  const inputs: TensorType[] = [
    ...dataInputs(plan),
    ...(plan.isWeighted ? [vector(ROW_WEIGHTS, "float32", "rows")] : []),
    vector(ORDER, "int32", "batch"),
    ...(random.keys > 0 ? [{ name: KEYS, type: "uint32", shape: [random.keys] } as const] : []),
    ...[...random.ramps].map(([size, name]) => vector(name, "uint32", `ramp_${size}`)),
    ...optimizerScalars.map((name) => scalar(name, "float32")),
    ...scalarInputs(scalars),
    ...weightInputs(plan),
  ];
  graph.rename(graph.add("SequenceEmpty", []), UNCOPIED);
  const sequence = { name: UNCOPIED, type: "float32", isSequence: true, shape: [] } as const;
  const signature = { inputs, outputs: [sequence, ...outputs] };
  return {
    bytes: encodeModel(graphProto("step", graph, signature)),
    scalars,
    optimizerScalars,
    keysPerStep: random.keys,
    ramps: random.ramps,
  };
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
    ...weightInputs(plan),
  ];
  const bytes = encodeModel(graphProto("evaluation", graph, { inputs, outputs }));
  return { bytes, scalars, optimizerScalars: [], keysPerStep: 0, ramps: new Map() };
}

const scalar = (name: Value, type: ElementType): TensorType => ({ name, type, shape: [] });
const vector = (name: Value, type: ElementType, size: string): TensorType => ({
  name,
  type,
  shape: [size],
});

const scalarInputs = (scalars: ReadonlyMap<Value, ScalarInput>): TensorType[] =>
  [...scalars].map(([name, { type }]) => scalar(name, type));

const weightInputs = ({ weights }: GraphPlan): TensorType[] =>
  weights.map(({ name, shape }) => ({ name, type: "float32", shape }));

const dataInputs = ({ model, xType, yType }: GraphPlan): TensorType[] => [
  { name: X, type: xType, shape: ["rows", sizeOf(model.inputShape)] },
  { name: Y, type: yType, shape: yType === "int32" ? ["rows"] : ["rows", model.outputs] },
];

/** Outputs of the measures, in their order. */
const measureNames = ({ model }: GraphPlan): Value[] => [
  LOSS,
  ...metricNames(model.task).map(metricOutput),
];
