import type { Id } from "@sweepyard/contract";
import { milliseconds, percentile } from "./percentiles.js";

/** Goals of docs/reliability.md, in ms at the 95th percentile. */
const LIST_GOAL_MS = 100;
const CURVES_GOAL_MS = 500;

interface Question {
  readonly name: string;
  readonly path: string;
  readonly goalMs: number;
}

export interface Measured extends Question {
  readonly p50: number;
  readonly p95: number;
  readonly bytes: number;
}

/** What people and dashboards ask of a project with all these runs in it. */
function questions(largest: Id, middling: Id): Question[] {
  const ask = (name: string, path: string, goalMs = LIST_GOAL_MS) => ({ name, path, goalMs });
  const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
  return [
    ask("sweeps, newest first", "/sweeps?limit=50"),
    ask("a sweep of 10,000 runs", `/sweeps/${largest}`),
    ask("newest runs", "/runs?limit=50"),
    ask("runs that failed", "/runs?state=failed&limit=50"),
    ask(
      "runs by params and metrics",
      `/runs?limit=50&${filter("params.depth >= 3 and metrics.val_accuracy > 0.9")}`,
    ),
    ask(
      "few runs of many",
      `/runs?limit=50&${filter("params.learning_rate < 2e-5 and metrics.val_loss < 0.4")}`,
    ),
    ask("all runs by a metric", "/runs?limit=50&sort=-metrics.val_accuracy"),
    ask("all runs by a param", "/runs?limit=50&sort=params.learning_rate"),
    ask("a sweep's runs by objective", `/runs?sweepId=${largest}&limit=50&sort=-objective`),
    ask("a sweep's runs by a metric", `/runs?sweepId=${largest}&limit=50&sort=metrics.val_loss`),
    ask("best run of the project", "/runs/best?metric=val_accuracy"),
    ask("best run of a sweep", `/sweeps/${largest}/best`),
    ask(
      "best run, filtered",
      `/runs/best?metric=val_loss&direction=minimize&${filter("params.depth <= 2")}`,
    ),
    ask("the queue", "/queue"),
    ask(
      "curves of 1,000 runs",
      `/sweeps/${middling}/curve-bands?metric=val_accuracy`,
      CURVES_GOAL_MS,
    ),
    ask(
      "curves of 10,000 runs",
      `/sweeps/${largest}/curve-bands?metric=val_accuracy`,
      CURVES_GOAL_MS,
    ),
    ask("params and metrics of 10,000 runs", `/sweeps/${largest}/columns`, CURVES_GOAL_MS),
  ];
}

/** Asks each question `times` times, one after the other, on a warm connection. */
export async function measureQueries(
  { url, key }: { readonly url: string; readonly key: string },
  sweeps: { readonly largest: Id; readonly middling: Id },
  times: number,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const question of questions(sweeps.largest, sweeps.middling)) {
    const took: number[] = [];
    let bytes = 0;
    for (let i = 0; i <= times; i++) {
      const startedAt = performance.now();
      const response = await fetch(`${url}/api/v1${question.path}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const body = await response.arrayBuffer();
      if (!response.ok) throw new Error(`${question.path}: ${Buffer.from(body)}`);
      if (i > 0) took.push(performance.now() - startedAt); // the first one warms up
      bytes = body.byteLength;
    }
    measured.push({ ...question, bytes, p50: percentile(took, 0.5), p95: percentile(took, 0.95) });
  }
  return measured;
}

export function queryTable(measured: readonly Measured[]): string {
  const rows = measured.map(
    ({ name, p50, p95, bytes, goalMs }) =>
      `${name.padEnd(36)}${milliseconds(p50)}${milliseconds(p95)}${`${Math.ceil(bytes / 1024)} KB`.padStart(10)}  ${p95 <= goalMs ? "" : `over ${goalMs} ms`}`,
  );
  return [
    `${"".padEnd(36)}${"p50".padStart(11)}${"p95".padStart(11)}${"answer".padStart(10)}`,
    ...rows,
  ]
    .map((row) => row.trimEnd())
    .join("\n");
}
