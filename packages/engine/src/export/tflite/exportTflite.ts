import { AppError } from "@sweepyard/contract";
import { CLASS_NAMES, outputName, TASK } from "../../onnx/exportModel.js";
import { describeTrained, type TrainedModel } from "../trainedModel.js";
import { buildLiteGraph } from "./buildLiteGraph.js";
import { encodeTflite } from "./encodeTflite.js";
import { halfGraph } from "./halfGraph.js";
import type { LiteGraph } from "./liteGraph.js";
import { quantizeGraph } from "./quantizeGraph.js";
import { createLiteRunner } from "./runLiteGraph.js";

export type TfliteForm =
  | { readonly weights: "float32" | "float16" }
  /** `calibration`: typical inputs, [rows, ...inputShape], such as some hundred training rows. */
  | { readonly weights: "int8"; readonly calibration: Float32Array };

/**
 * The trained model as a .tflite file. Input and output are float32 in every form, with any number
 * of rows: pixels divided by 255 in, probabilities or targets out, as of the .onnx file.
 */
export async function exportTflite(trained: TrainedModel, form: TfliteForm): Promise<Uint8Array> {
  const { task } = describeTrained(trained);
  const graph = await inForm(buildLiteGraph(trained), form);
  return encodeTflite(graph, outputName(task), {
    [CLASS_NAMES]: JSON.stringify(trained.data.classNames),
    [TASK]: task,
  });
}

async function inForm(graph: LiteGraph, form: TfliteForm): Promise<LiteGraph> {
  switch (form.weights) {
    case "float32":
      return graph;
    case "float16":
      return halfGraph(graph);
    case "int8": {
      if (form.calibration.length === 0)
        throw new AppError(
          "invalid_request",
          "int8 needs rows to calibrate with, and there are none",
        );
      const runner = await createLiteRunner(graph);
      try {
        return quantizeGraph(graph, await runner.ranges(form.calibration));
      } finally {
        await runner.release();
      }
    }
  }
}
