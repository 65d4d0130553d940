import type { ModelSummary, RunPreview } from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import { formatCount, formatDuration } from "./figures.js";
import { renderFields, renderTable } from "./table.js";

/** What submitting a run would do. */
export function renderRunPreview(preview: RunPreview, colors: Colors): string {
  const { plan, model, trainRows, validationRows, testRows, stepsPerEpoch, epochSeconds } = preview;
  const { dataset, version } = plan.data;
  const takes =
    epochSeconds === null
      ? "no run has been measured yet"
      : `about ${formatDuration(epochSeconds * 1000)} an epoch, by similar runs`;
  const fields: [string, string][] = [
    ["data", `${dataset} version ${version}`],
    ["rows", `${trainRows} train, ${validationRows} validate, ${testRows} test`],
    [
      "training",
      `${formatCount(plan.epochs, "epoch")} of ${formatCount(stepsPerEpoch, "update")}, batch ${plan.batch_size}`,
    ],
    ["takes", takes],
  ];
  return [renderFields(fields, colors), "", renderModel(model, colors)].join("\n");
}

/** Layer by layer, as Keras' summary() has it; shapes are without the batch axis. */
export function renderModel(model: ModelSummary, colors: Colors): string {
  const { layers, params, trainableParams, flops } = model;
  const table = renderTable(
    layers,
    [
      { head: "layer", cell: ({ name, className }) => `${name} (${className})` },
      { head: "output", cell: ({ outputShape }) => outputShape.join("×"), align: "right" },
      { head: "weights", cell: (layer) => numerals(layer.params), align: "right" },
      { head: "FLOPs", cell: (layer) => numerals(layer.flops), align: "right" },
    ],
    colors,
  );
  const fixed = params - trainableParams;
  const moving = fixed === 0 ? "" : `, ${numerals(fixed)} of them not trained`;
  const fields: [string, string][] = [
    ["input", model.inputShape.join("×")],
    ["weights", `${numerals(params)}${moving}`],
    ["FLOPs", `${numerals(flops)} of one row's forward pass`],
  ];
  return [table, "", renderFields(fields, colors)].join("\n");
}

const numerals = (count: number): string => count.toLocaleString("en-US");
