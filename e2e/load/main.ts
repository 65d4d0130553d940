import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startApiSystem } from "../apiSystem.js";
import { type DashboardsMeasured, measureDashboards } from "./dashboards.js";
import { fillDatabase } from "./fillDatabase.js";
import { measureNoOpSweeps, type NoOpMeasured } from "./noOpSweeps.js";
import { measureQueries, queryTable } from "./queries.js";

const HELP = `pnpm bench load [options]

Fills a database with runs and their metric points, then asks an API what people and dashboards
ask, opens many event streams at one time, and has many sweeps of runs that train nothing go on.

  --runs N        runs in all (100000): one sweep of 10,000, the rest in sweeps of 1,000
  --epochs N      of each (28), if it is not stopped before; each epoch is five metric points
  --times N       how often each question is asked (40)
  --dashboards N  event streams at one time (500)
  --events N      changes that all of them are told (50)
  --sweeps N      sweeps at one time whose runs train nothing (50)
  --slots N       trainers of them (64)
  --no-ops N      runs of them in all (2000)
  --keep FOLDER   keeps the database there, and asks one that is there already: no runs are written
  --queries       asks questions alone: no event streams, no sweeps that go on
  --json          one line of JSON in place of the tables
`;

/** @returns the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "100000" },
      epochs: { type: "string", default: "28" },
      times: { type: "string", default: "40" },
      dashboards: { type: "string", default: "500" },
      events: { type: "string", default: "50" },
      sweeps: { type: "string", default: "50" },
      slots: { type: "string", default: "64" },
      "no-ops": { type: "string", default: "2000" },
      keep: { type: "string" },
      queries: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  type Count = Exclude<keyof typeof values, "keep" | "queries" | "json" | "help">;
  const count = (name: Count) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new Error(`--${name} is to be a whole number from 1 on, not "${values[name]}"`);
  };
  const [runs, epochs] = [count("runs"), count("epochs")];
  const say = (text: string) => {
    if (!values.json) process.stdout.write(`${text}\n`);
  };

  const system = await startApiSystem(values.keep && resolve(values.keep));
  try {
    const startedAt = performance.now();
    const { largest, middling } = await fillDatabase(system.db, { runs, epochs });
    const [stored] = await system.db.prisma.$queryRaw<
      { runs: number; points: number; bytes: number }[]
    >`
      select (select count(*) from runs)::int as runs, (select count(*) from metric_points)::int as points,
        pg_database_size(current_database())::float8 as bytes`;
    const seconds = (performance.now() - startedAt) / 1000;
    say(
      `${stored?.runs} runs and ${stored?.points} metric points, ${((stored?.bytes ?? 0) / 2 ** 30).toFixed(1)} GiB in Postgres, written or found in ${seconds.toFixed(0)} s\n`,
    );

    const queries = await measureQueries(system, { largest, middling }, count("times"));
    say(`${queryTable(queries)}\n`);
    if (values.queries) {
      if (values.json) process.stdout.write(`${JSON.stringify({ stored, queries })}\n`);
      return 0;
    }

    const run = await system.db.prisma.run.findFirstOrThrow({ where: { sweepId: largest } });
    const dashboards = await measureDashboards(system, run.id, {
      dashboards: count("dashboards"),
      events: count("events"),
    });
    say(dashboardsText(dashboards));

    const noOps = await measureNoOpSweeps(system.client, {
      sweeps: count("sweeps"),
      slots: count("slots"),
      runs: count("no-ops"),
    });
    say(noOpText(noOps));
    if (values.json)
      process.stdout.write(`${JSON.stringify({ stored, queries, dashboards, noOps })}\n`);
    return 0;
  } finally {
    await system.close();
  }
}

const noOpText = ({ sweeps, slots, runs, runsPerSecond, p50, p95 }: NoOpMeasured) =>
  `${sweeps} sweeps, ${slots} trainers, ${runs} runs that train nothing: ${runsPerSecond.toFixed(0)} runs a second; ` +
  `to tell an end and ask for the next run takes ${p50.toFixed(0)} ms at p50, ${p95.toFixed(0)} at p95`;

const dashboardsText = ({ dashboards, events, arrived, p50, p95, max }: DashboardsMeasured) =>
  `${dashboards} event streams, ${events} changes: ${arrived} of ${dashboards * events} messages arrived; ` +
  `${p50.toFixed(0)} ms after the change at p50, ${p95.toFixed(0)} at p95, ${max.toFixed(0)} at most`;
