import {
  type CreateSweep,
  type DatasetView,
  epochMetrics,
  type FieldError,
  MODEL_METRICS,
  reportMetricsOf,
  risesByDefault,
} from "@sweepyard/contract";

/**
 * Objectives and constraints by metrics that no run on this data measures, one entry each.
 * `parseSweep` has refused those that no run on any data measures.
 */
export function objectiveErrors(
  { objective, objectives, constraints }: CreateSweep,
  { task, classNames }: DatasetView,
  validates: boolean,
): FieldError[] {
  const epoch = epochMetrics(task, validates);
  const measured: readonly string[] = [
    ...epoch,
    ...reportMetricsOf(task, classNames.length),
    ...MODEL_METRICS,
  ];
  const named = [
    ...(objectives ?? [objective]).map(({ metric }, index) => ({
      path: objectives === undefined ? "objective.metric" : `objectives.${index}.metric`,
      metric,
    })),
    ...constraints.map(({ metric }, index) => ({ path: `constraints.${index}.metric`, metric })),
  ];
  return named
    .filter(({ metric }) => !measured.includes(metric))
    .map(({ path, metric }) => ({
      path,
      rule: "not_measured",
      message: `${metric}: ${whyNot(metric, task, classNames.length)}: take ${alikeOf(metric, measured).join(" or ")}`,
    }));
}

function whyNot(metric: string, task: DatasetView["task"], classes: number): string {
  if (epochMetrics(task).includes(metric)) return "no rows validate, so nothing measures it";
  if (/^test\.top_/.test(metric) && task === "classification")
    return `the data has ${classes} classes, too few for it`;
  return `runs on ${task.replace("_", "-")} data never measure it`;
}

/** Those measured on the same rows, the ones that go the same way first. */
function alikeOf(metric: string, measured: readonly string[]): readonly string[] {
  const rowsOf = (name: string) => /^(val_|test\.)?/.exec(name)?.[0];
  const alike = measured.filter((name) => rowsOf(name) === rowsOf(metric));
  const sameWay = alike.filter((name) => risesByDefault(name) === risesByDefault(metric));
  const others = alike.filter((name) => !sameWay.includes(name));
  return [...sameWay, ...others, ...measured].slice(0, 3);
}
