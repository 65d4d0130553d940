import type { ModelDescription } from "../model/describeModel.js";
import { sizeOf } from "../tensor.js";
import { denseLayers } from "./denseLayers.js";
import { addGradients } from "./gradients.js";
import { addCorrectCount, addCrossEntropySum } from "./loss.js";
import { addNetwork } from "./network.js";
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
import type { WeightBlock } from "./weightBlocks.js";

export interface GraphPlan {
  readonly model: ModelDescription;
  readonly blocks: readonly WeightBlock[];
  /** uint8 pixels are scaled to 0..1 in the graph; float32 is taken as it is. */
  readonly xType: "uint8" | "float32";
}

/** Names of the graphs' inputs and outputs. */
export const X = "x"; // [rows, inputs], the whole data set
export const Y = "y"; // [rows], class ids
export const ORDER = "order"; // row numbers: [steps, batch] in training, [batch] in evaluation
export const STEPS = "steps";
export const LOSSES = "losses"; // per step: nats, summed over the batch
export const CORRECT = "correct"; // per step: rows
export const stepInput = (name: Value): Value => `steps/${name}`; // [steps], a scalar of each step
export const stateInput = (id: Value): Value => `in/${id}`;
export const stateOutput = (id: Value): Value => `out/${id}`;
export const slotId = (slot: string, blockId: Value): Value => `${slot}:${blockId}`;

/**
 * The .onnx bytes of a graph that trains: a Loop whose round is one step on one batch. Weights and
 * slots go from round to round, so that JavaScript is entered once for many steps.
 * Batch size, learning rate and the optimizer's numbers are inputs: one graph serves all of them.
 */
export function trainingGraph(plan: GraphPlan, optimizer: OptimizerRule): Uint8Array {
  const body = new OpGraph();
  const rows = body.add("Gather", [ORDER, "step"]);
  const stepScalars = Object.keys(optimizer.stepScalars(1, 1));
  for (const name of stepScalars) body.rename(body.add("Gather", [stepInput(name), "step"]), name);
  const { lossSum, correct } = addMetrics(body, plan, rows);
  const going = body.add("Identity", ["going"]);

  const gradients = addGradients(
    body,
    lossSum,
    "gradient", // 1 / batch, so that gradients are those of the mean, and what the optimizer wants
    new Set(plan.blocks.map(({ id }) => id)),
  );

  const before: TensorType[] = [];
  const after: TensorType[] = [];
  const blockGradients = plan.blocks.map(({ id }) => {
    const gradient = gradients.get(id);
    if (gradient === undefined) throw new Error(`${id} has no influence on the loss`);
    return gradient;
  });
  const prepared = optimizer.prepare?.(body, blockGradients) ?? blockGradients;
  for (const [index, { id, shape }] of plan.blocks.entries()) {
    const slots = optimizer.slots.map((slot) => slotId(slot.name, id));
    const gradient = prepared[index] as Value;
    const updated = optimizer.update(body, { weight: id, gradient, slots });
    for (const name of [id, ...slots]) before.push({ name, type: "float32", shape });
    for (const name of [updated.weight, ...updated.slots])
      after.push({ name, type: "float32", shape });
  }
  const scalar = (name: Value, type: ElementType): TensorType => ({ name, type, shape: [] });
  const bodyGraph = graphProto("step", body, {
    inputs: [scalar("step", "int64"), scalar("going", "bool"), ...before],
    outputs: [
      scalar(going, "bool"),
      ...after,
      scalar(lossSum, "float32"),
      scalar(correct, "float32"),
    ],
  });

  const renamed = (rename: (id: Value) => Value) =>
    before.map((type) => ({ ...type, name: rename(type.name) }));
  const inputs: TensorType[] = [
    scalar(STEPS, "int64"),
    ...dataInputs(plan),
    { name: ORDER, type: "int32", shape: ["steps", "batch"] },
    ...stepScalars.map(
      (name): TensorType => ({ name: stepInput(name), type: "float32", shape: ["steps"] }),
    ),
    ...Object.keys(optimizer.scalars).map((name) => scalar(name, "float32")),
    ...renamed(stateInput),
  ];
  const outputs: TensorType[] = [
    ...renamed(stateOutput),
    { name: LOSSES, type: "float32", shape: ["steps"] },
    { name: CORRECT, type: "float32", shape: ["steps"] },
  ];
  const loop = loopProto(
    STEPS,
    before.map(({ name }) => stateInput(name)),
    outputs.map(({ name }) => name),
    bodyGraph,
  );
  return encodeModel(graphProto("training", new OpGraph(), { inputs, outputs }, [loop]));
}

/** The .onnx bytes of a graph that measures: loss and correct count of one batch. */
export function evaluationGraph(plan: GraphPlan): Uint8Array {
  const graph = new OpGraph();
  const { lossSum, correct } = addMetrics(graph, plan, ORDER);
  graph.rename(lossSum, LOSSES);
  graph.rename(correct, CORRECT);
  const inputs: TensorType[] = [
    ...dataInputs(plan),
    { name: ORDER, type: "int32", shape: ["batch"] },
    ...plan.blocks.map(({ id, shape }): TensorType => ({ name: id, type: "float32", shape })),
  ];
  const outputs: TensorType[] = [
    { name: LOSSES, type: "float32", shape: [] },
    { name: CORRECT, type: "float32", shape: [] },
  ];
  return encodeModel(graphProto("evaluation", graph, { inputs, outputs }));
}

const dataInputs = ({ model, xType }: GraphPlan): TensorType[] => [
  { name: X, type: xType, shape: ["rows", sizeOf(model.inputShape)] },
  { name: Y, type: "int32", shape: ["rows"] },
];

/** Adds the forward pass on the given rows of the data, its loss and its correct count. */
function addMetrics(graph: OpGraph, { model, blocks, xType }: GraphPlan, rows: Value) {
  const last = denseLayers(model).at(-1);
  if (last === undefined) throw new Error("a model without layers");
  const input = addInput(graph, graph.add("Gather", [X, rows]), xType);
  const labels = graph.add("Cast", [graph.add("Gather", [Y, rows])], {
    to: elementNumber("int64"),
  });
  const oneHot = graph.add("Gather", [identityMatrix(graph, last.units), labels]);
  const output = addNetwork(graph, model, blocks, input);
  return {
    lossSum: addCrossEntropySum(graph, output, last.activation, oneHot),
    correct: addCorrectCount(graph, output.probabilities, labels),
  };
}

function addInput(graph: OpGraph, values: Value, type: GraphPlan["xType"]): Value {
  if (type === "float32") return values;
  const pixels = graph.add("Cast", [values], { to: elementNumber("float32") });
  return graph.add("Mul", [pixels, graph.scalar(1 / 255)]);
}

function identityMatrix(graph: OpGraph, size: number): Value {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return graph.constant("identity", [size, size], data);
}
