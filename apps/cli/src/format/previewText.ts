import type { SweepCost, SweepPreview } from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import { formatCount, formatDuration, NONE } from "./figures.js";
import { formatParams } from "./params.js";
import { renderFields, renderTable } from "./table.js";

const toMs = (seconds: number | null): number | null => seconds && seconds * 1000;

/** What submitting a sweep would do. */
export function renderPreview(preview: SweepPreview, colors: Colors): string {
  const { points, plannedRuns, modelParams, cost, promotion, samples } = preview;
  const fields: [string, string][] = [
    ["points", points === null ? "without end: a dimension is continuous" : String(points)],
    ["runs", plannedRuns === null ? "until the budget is used up" : String(plannedRuns)],
  ];
  if (modelParams !== null) {
    const { min, max } = modelParams;
    fields.push(["weights", min === max ? String(min) : `${min} to ${max}`]);
  }
  if (cost !== null) fields.push(["takes", formatCost(cost)]);
  if (promotion !== null) fields.push(["promotes", formatPromotion(promotion)]);
  const table = renderTable(
    samples,
    [
      { head: "#", cell: (sample) => String(samples.indexOf(sample) + 1), align: "right" },
      { head: "params", cell: ({ params }) => formatParams(params) },
      { head: "weights", cell: (sample) => String(sample.modelParams ?? NONE), align: "right" },
    ],
    colors,
  );
  return [renderFields(fields, colors), "", table].join("\n");
}

function formatPromotion({
  model,
  alias,
  champion,
  policy,
}: NonNullable<SweepPreview["promotion"]>): string {
  const now = champion === null ? "which is none yet" : `now version ${champion}`;
  const gates = policy === null ? "no policy guards it" : "if it passes the model's gates";
  const approval = policy?.approval === true ? " and somebody approves" : "";
  return `its winner to ${alias} of ${model}, ${now}; ${gates}${approval}`;
}

function formatCost({ epochs, slotSeconds, seconds, slots, measuredRuns }: SweepCost): string {
  const work = epochs === null ? "an unknown number of epochs" : formatCount(epochs, "epoch");
  if (measuredRuns === 0) return `${work}; no run has been measured yet`;
  if (slotSeconds === null) return work;
  const onOne = `about ${formatDuration(toMs(slotSeconds))} on one slot`;
  const now =
    seconds === null ? "" : `, ${formatDuration(toMs(seconds))} on the ${slots} there now`;
  return `${work}: ${onOne}${now}, by ${formatCount(measuredRuns, "similar run")}`;
}
