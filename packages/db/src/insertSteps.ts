import type { Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import type { OwnedRun } from "./heartbeat.js";
import { finiteOrNull } from "./json.js";

const finiteOnly = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finiteOrNull(value)]));

export interface StepValues {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The last value of each metric; `objective` is undefined if no row has it. */
export function summarize(rows: readonly StepValues[], metric: string | undefined) {
  const summary: Record<string, number | null> = {};
  for (const { values } of rows) Object.assign(summary, finiteOnly(values));
  const measured = metric !== undefined && Object.hasOwn(summary, metric);
  return { summary, objective: measured ? summary[metric] : undefined };
}

type StepsOfRun = OwnedRun & { readonly rows: readonly StepValues[] };

export async function insertSteps(tx: Tx, runs: readonly StepsOfRun[]): Promise<void> {
  if (runs.some(({ rows }) => rows.length > 0)) await tx.$executeRaw(stepsInsert(runs));
}

/** `insertSteps` as a part of another statement. Values travel as text: JSON, which Prisma's parameters pass through, has no NaN. */
export function stepsInsert(runs: readonly StepsOfRun[]): Prisma.Sql {
  const points = runs.flatMap(({ runId, attempt, rows }) =>
    rows.flatMap(({ step, values }) =>
      Object.entries(values).map(([name, value]) => ({ runId, attempt, step, name, value })),
    ),
  );
  return Prisma.sql`
    insert into metric_points (run_id, name, step, attempt, value)
    select * from unnest(
      ${points.map(({ runId }) => runId)}::uuid[], ${points.map(({ name }) => name)}::text[],
      ${points.map(({ step }) => step)}::int[], ${points.map(({ attempt }) => attempt)}::int[],
      ${points.map(({ value }) => String(value))}::float8[]
    )
    on conflict (run_id, name, step) do nothing`;
}
