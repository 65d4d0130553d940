import { AppError, type TrainPlan } from "@sweepyard/contract";
import proto from "onnx-proto";
import type { Dataset } from "../dataset.js";
import type { InputScaling } from "../inputScaling.js";
import { describeModel, type ModelDescription } from "../model/describeModel.js";
import { modelTask } from "../model/modelTask.js";
import { INPUT_OFFSET, INPUT_SCALE } from "../onnx/exportModel.js";
import { decodeSafetensors } from "../safetensors.js";
import type { Tensor, Tensors } from "../tensor.js";

/** What every export is made from. */
export interface TrainedModel {
  readonly plan: Pick<TrainPlan, "model" | "loss">;
  readonly data: Pick<Dataset, "inputShape" | "classNames" | "task">;
  readonly weights: Tensors;
  /** What the model does to its inputs first, as `exportModel` takes it; absent: nothing. */
  readonly scaling?: InputScaling;
}

/**
 * A run's model out of what the run has stored.
 * @param weights the run's safetensors file.
 * @param onnx its .onnx file, which holds the scaling of its inputs.
 * @throws {AppError} `data_invalid` if a file is damaged.
 */
export function readTrainedModel(
  { plan, data }: Pick<TrainedModel, "plan" | "data">,
  weights: Uint8Array,
  onnx: Uint8Array,
): TrainedModel {
  const scaling = readScaling(onnx);
  return {
    plan,
    data,
    weights: decodeSafetensors(weights).tensors,
    ...(scaling !== undefined && { scaling }),
  };
}

export const describeTrained = ({ plan, data }: TrainedModel): ModelDescription =>
  describeModel(plan.model, modelTask(plan, data));

/** @throws {AppError} `shape_mismatch` if the model has no such weight. */
export function weightOf({ weights }: Pick<TrainedModel, "weights">, name: string): Tensor {
  const weight = weights.get(name);
  if (weight === undefined) throw new AppError("shape_mismatch", `weight ${name} is missing`);
  return weight;
}

function readScaling(onnx: Uint8Array): InputScaling | undefined {
  const { initializer } = decodeGraph(onnx);
  const vector = (name: string) => {
    const raw = initializer?.find((tensor) => tensor.name === name)?.rawData;
    if (raw === undefined || raw === null) return undefined;
    return new Float32Array(Uint8Array.from(raw).buffer); // a copy, which starts aligned
  };
  const scale = vector(INPUT_SCALE);
  const offset = vector(INPUT_OFFSET);
  return scale === undefined || offset === undefined ? undefined : { scale, offset };
}

function decodeGraph(onnx: Uint8Array): proto.onnx.IGraphProto {
  try {
    const { graph } = proto.onnx.ModelProto.decode(onnx);
    if (graph !== null && graph !== undefined) return graph;
  } catch (cause) {
    throw new AppError("data_invalid", "not a model exported by Sweepyard", { cause });
  }
  throw new AppError("data_invalid", "the .onnx file holds no graph");
}
