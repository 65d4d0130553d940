import { type Activation, AppError } from "@sweepyard/contract";
import type { ModelDescription } from "../model/describeModel.js";

export interface DenseDescription {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
}

/** @throws {AppError} `invalid_request`, naming a layer that is not Dense or Flatten. */
export function denseLayers({ layers }: ModelDescription): DenseDescription[] {
  return layers.flatMap(({ name, layer, inputShape }) => {
    if (layer.class_name === "Flatten") return [];
    if (layer.class_name !== "Dense")
      throw new AppError(
        "invalid_request",
        `layer "${name}" (${layer.class_name}) can't be trained by the onnx engine yet`,
      );
    const { units, activation, use_bias: useBias } = layer;
    return [{ name, inputs: inputShape[0] as number, units, activation, useBias }];
  });
}

export const kernelName = ({ name }: DenseDescription): string => `${name}/kernel`;
export const biasName = ({ name }: DenseDescription): string => `${name}/bias`;
