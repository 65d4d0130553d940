import { parseArgs } from "node:util";
import { startApiSystem } from "../apiSystem.js";
import { seedSweep } from "../board/seedSweep.js";
import { type DashboardsMeasured, measureDashboards } from "./dashboards.js";
import { measureQueries, queryTable } from "./queries.js";

const HELP = `pnpm bench load [options]

Fills a database with runs and their metric points, then asks an API what people and dashboards
ask, and opens many event streams at one time.

  --runs N        runs in all (100000): one sweep of 10,000, the rest in sweeps of 1,000
  --epochs N      of each (20); each epoch is five metric points
  --times N       how often each question is asked (40)
  --dashboards N  event streams at one time (500)
  --events N      changes that all of them are told (50)
  --json          one line of JSON in place of the tables
`;

const LARGEST = 10_000;
const USUAL = 1_000;

/** @returns the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "100000" },
      epochs: { type: "string", default: "20" },
      times: { type: "string", default: "40" },
      dashboards: { type: "string", default: "500" },
      events: { type: "string", default: "50" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const count = (name: "runs" | "epochs" | "times" | "dashboards" | "events") => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new Error(`--${name} is to be a whole number from 1 on, not "${values[name]}"`);
  };
  const [runs, epochs] = [count("runs"), count("epochs")];
  const say = (text: string) => {
    if (!values.json) process.stdout.write(`${text}\n`);
  };

  const system = await startApiSystem();
  try {
    const startedAt = performance.now();
    const largest = await seedSweep(system.db, { runs: Math.min(runs, LARGEST), epochs });
    let middling = largest;
    for (let left = runs - LARGEST, seed = 2; left > 0; left -= USUAL, seed++)
      middling = await seedSweep(system.db, { runs: Math.min(left, USUAL), epochs, seed });
    const [stored] = await system.db.prisma.$queryRaw<
      { runs: number; points: number; bytes: number }[]
    >`
      select (select count(*) from runs)::int as runs, (select count(*) from metric_points)::int as points,
        pg_database_size(current_database())::float8 as bytes`;
    const seconds = (performance.now() - startedAt) / 1000;
    say(
      `${stored?.runs} runs and ${stored?.points} metric points, ${((stored?.bytes ?? 0) / 2 ** 30).toFixed(1)} GiB in Postgres, written in ${seconds.toFixed(0)} s\n`,
    );

    const queries = await measureQueries(system, { largest, middling }, count("times"));
    say(`${queryTable(queries)}\n`);

    const run = await system.db.prisma.run.findFirstOrThrow({ where: { sweepId: largest } });
    const dashboards = await measureDashboards(system, run.id, {
      dashboards: count("dashboards"),
      events: count("events"),
    });
    say(dashboardsText(dashboards));
    if (values.json) process.stdout.write(`${JSON.stringify({ stored, queries, dashboards })}\n`);
    return 0;
  } finally {
    await system.close();
  }
}

const dashboardsText = ({ dashboards, events, arrived, p50, p95, max }: DashboardsMeasured) =>
  `${dashboards} event streams, ${events} changes: ${arrived} of ${dashboards * events} messages arrived; ` +
  `${p50.toFixed(0)} ms after the change at p50, ${p95.toFixed(0)} at p95, ${max.toFixed(0)} at most`;
