import {
  type Dimension,
  type Id,
  MOST_COLUMN_RUNS,
  type ParamColumn,
  type ParamValue,
  paramKey,
  parseFilter,
  RunState,
  type Space,
  type SweepColumns,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { runFilter } from "./runFilter.js";
import { sweepNotFound } from "./sweepView.js";

/** The best runs of a sweep too large to be answered whole, all of which are. */
const ALWAYS = 2_000;

interface RawColumns {
  readonly total: number;
  readonly numbers: number[];
  readonly states: number[];
  readonly objectives: (number | null)[];
  readonly epochs: number[];
  readonly excluded: number[];
  readonly params: ParamValue[][];
  readonly metrics: (number | null)[][];
}

/**
 * All of a sweep's runs as columns, or those that fit `filter`, by number. Postgres builds one
 * JSON text: ten thousand rows through the driver would take several times as long.
 * @throws {AppError} `not_found`; `invalid_request` for a filter that makes no sense.
 */
export async function sweepColumns(
  db: Db,
  projectId: Id,
  sweepId: Id,
  filter?: string,
): Promise<SweepColumns> {
  const sweep = await db.prisma.sweep.findFirst({
    where: { id: sweepId, projectId },
    select: { space: true, objectives: true, objectiveDirection: true },
  });
  if (sweep === null) throw sweepNotFound(sweepId);
  const space = sweep.space as Space;
  const names = Object.keys(space);
  const metrics = (sweep.objectives as { metric: string }[]).slice(1).map(({ metric }) => metric);
  const sign = sweep.objectiveDirection === "minimize" ? 1 : -1;
  const fits =
    filter === undefined || filter.trim() === ""
      ? Prisma.empty
      : Prisma.sql`and ${runFilter(parseFilter(filter))}`;
  const members = (column: Prisma.Sql, keys: readonly string[]) =>
    Prisma.sql`json_build_array(${
      keys.length === 0
        ? Prisma.empty
        : Prisma.join(keys.map((key) => Prisma.sql`json_agg(${column} -> ${key} order by number)`))
    })`;
  const states = Prisma.sql`array_position(${RunState.options}::text[], state) - 1`;

  const [row] = await db.prisma.$queryRaw<{ columns: string }[]>`
    with fitting as (
      select r.number, r.state, r.objective, r.epoch, r.excluded_at, r.params, r.metrics,
        count(*) over () as fitting,
        row_number() over (order by r.objective * ${sign}::int nulls last, r.number) as rank
      from runs r where r.sweep_id = ${sweepId}::uuid ${fits}
    ), chosen as (
      select * from fitting
      where rank <= ${ALWAYS} or number % (1 + (fitting - 1) / ${MOST_COLUMN_RUNS}) = 0
    )
    select json_build_object(
      'total', (select count(*) from runs where sweep_id = ${sweepId}::uuid),
      'numbers', coalesce(json_agg(number order by number), '[]'),
      'states', coalesce(json_agg(${states} order by number), '[]'),
      'objectives', coalesce(json_agg(objective order by number), '[]'),
      'epochs', coalesce(json_agg(epoch order by number), '[]'),
      'excluded', coalesce(json_agg(number order by number) filter (where excluded_at is not null), '[]'),
      'params', ${members(Prisma.sql`params`, names)},
      'metrics', ${members(Prisma.sql`metrics`, metrics)}
    )::text as columns from chosen`;
  if (row === undefined) throw sweepNotFound(sweepId);
  const raw = JSON.parse(row.columns) as RawColumns;
  return {
    total: raw.total,
    numbers: raw.numbers.map((number, index) => number - (raw.numbers[index - 1] ?? 0)),
    states: raw.states,
    objectives: raw.objectives.map(shorten),
    epochs: raw.epochs,
    excluded: raw.excluded,
    params: Object.fromEntries(
      names.flatMap((name, index) => {
        const dimension = space[name];
        return dimension === undefined
          ? []
          : [[name, toParamColumn(dimension, raw.params[index] ?? [])]];
      }),
    ),
    metrics: Object.fromEntries(
      metrics.map((metric, index) => [metric, (raw.metrics[index] ?? []).map(shorten)]),
    ),
  };
}

/** Five significant digits: more than a chart can show, and half of what is sent otherwise. */
export const shorten = (value: number | null): number | null =>
  value === null || Number.isInteger(value) ? value : Number(value.toPrecision(5));

function toParamColumn(dimension: Dimension, values: readonly ParamValue[]): ParamColumn {
  switch (dimension.type) {
    case "float":
    case "int":
    case "normal":
    case "log_normal":
      return {
        kind: "numbers",
        values: values.map((value) => (typeof value === "number" ? shorten(value) : null)),
      };
    case "categorical":
    case "ordinal":
      return toChoices(dimension.choices, values);
    case "constant":
      return toChoices([dimension.value], values);
  }
}

/** Choices that an edit has taken out of the space since follow those that are in it. */
function toChoices(known: readonly ParamValue[], values: readonly ParamValue[]): ParamColumn {
  const choices = [...known];
  const places = new Map(choices.map((choice, index) => [paramKey(choice), index]));
  const at = values.map((value) => {
    if (value === null && !places.has("null")) return null; // its condition did not hold
    const key = paramKey(value);
    let place = places.get(key);
    if (place === undefined) {
      place = choices.push(value) - 1;
      places.set(key, place);
    }
    return place;
  });
  return { kind: "choices", choices, at };
}
