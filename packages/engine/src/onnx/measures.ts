import type { ModelDescription } from "../model/describeModel.js";
import { ROW_WEIGHTS, X, Y } from "./graphNames.js";
import { type HeldWeight, isTransposed } from "./heldWeights.js";
import { addLossSum, type Measured } from "./loss.js";
import { addMetricSums, metricNames } from "./metrics.js";
import { addNetwork } from "./network/addNetwork.js";
import type { NetworkContext, Randomness } from "./network/networkContext.js";
import { elementNumber } from "./onnxModel.js";
import type { OpGraph, Value } from "./opGraph.js";
import { addPenalties } from "./penalties.js";

export interface GraphPlan {
  readonly model: ModelDescription;
  readonly weights: readonly HeldWeight[];
  /** uint8 pixels are scaled to 0..1 in the graph; float32 is taken as it is. */
  readonly xType: "uint8" | "float32";
  /** int32: class ids [rows]. float32: targets [rows, outputs]. */
  readonly yType: "int32" | "float32";
  /** Rows count differently in the training loss. */
  readonly isWeighted: boolean;
}

export interface ScalarInput {
  readonly type: "float32" | "uint32";
  readonly value: number;
}

interface MeasureOptions {
  readonly training: boolean;
  readonly random?: Randomness;
  readonly scalars: Map<Value, ScalarInput>;
  setState(name: string, value: Value): void;
}

/** Adds the forward pass on the given rows of the data, its loss and its metrics. */
export function addMeasures(
  graph: OpGraph,
  { model, weights, xType, yType, isWeighted }: GraphPlan,
  rows: Value,
  { training, random, scalars, setState }: MeasureOptions,
) {
  const input = addInput(graph, graph.add("Gather", [X, rows]), xType);
  const targets = addTargets(graph, graph.add("Gather", [Y, rows]), yType, model.outputs);
  const transposed = new Set(weights.filter(isTransposed).map(({ name }) => name));
  const numberInput = (type: ScalarInput["type"]) => (name: string, value: number) => {
    scalars.set(name, { type, value });
    return name;
  };
  const context: NetworkContext = {
    graph,
    training,
    weight: (name) => name,
    isTransposed: (kernel) => transposed.has(kernel),
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
