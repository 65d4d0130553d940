import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Chance } from "./chance.js";
import { checkHistory, type History, RULE_NAMES } from "./checkHistory.js";
import { FaultSystem, waitFor } from "./faultSystem.js";
import { differingNumbers } from "./sameNumbers.js";
import { type Subscriber, subscribe } from "./seenEvents.js";
import { Workload } from "./workload.js";

/** A checker that finds nothing proves nothing: here it is given a history with known damage. */

let system: FaultSystem;
let subscriber: Subscriber;
let history: History;
/** A completed run of a sweep, after one attempt; another one of the same plan is completed too. */
let runId: string;

beforeAll(async () => {
  system = await FaultSystem.start({ workers: 1, slots: 2 });
  subscriber = subscribe(system.client);
  const workload = new Workload(system, new Chance(1));
  const { promised } = workload;
  await waitFor(
    "a sweep, a run, a promotion, and two runs of one plan",
    async () =>
      promised.sweeps.size > 0 &&
      promised.runs.size > 0 &&
      promised.promotions.size > 0 &&
      (await runWithTwin()) !== undefined,
    60_000,
  );
  await workload.end();
  await waitFor("rest", isAtRest, 120_000);
  runId = (await runWithTwin()) ?? "";
  history = { db: system.db, client: system.client, promised, seen: subscriber };
  await dropConstraints();
});
afterAll(async () => {
  await subscriber.end();
  await system.close();
});

async function runWithTwin(): Promise<string | undefined> {
  const [run] = await system.db.prisma.$queryRaw<{ id: string }[]>`
    select r.id from runs r
    where r.state = 'completed' and r.attempt = 1 and r.sweep_id is not null and exists (
      select 1 from runs o
      where o.id <> r.id and o.state = 'completed' and o.plan::text = r.plan::text
    ) limit 1`;
  return run?.id;
}

async function isAtRest(): Promise<boolean> {
  const { items } = await system.client.runs.list({ state: ["paused"] });
  for (const { id } of items) await system.client.runs.resume(id);
  const [open] = await system.db.prisma.$queryRaw<{ count: number }[]>`
    select (select count(*) from runs where ended_at is null)::int
      + (select count(*) from sweeps where ended_at is null)::int as count`;
  return open?.count === 0;
}

/** The database refuses some of the damage by itself. */
async function dropConstraints(): Promise<void> {
  const { prisma } = system.db;
  const constraints = await prisma.$queryRaw<{ drop: string }[]>`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop
    from pg_constraint
    where contype = 'c' and conrelid in ('runs'::regclass, 'sweeps'::regclass, 'attempts'::regclass)`;
  for (const { drop } of constraints) await prisma.$executeRawUnsafe(drop);
}

const sql = async (...statements: string[]): Promise<void> => {
  for (const statement of statements)
    await system.db.prisma.$executeRawUnsafe(statement.replaceAll(":run", `'${runId}'::uuid`));
};

interface Damage {
  readonly rule: string;
  readonly damage: string;
  /** What of the history is other than it was; the stores are damaged in place. */
  harm(): Promise<Partial<History> | undefined>;
  undo?(): Promise<void>;
}

const stored = (rule: string, damage: string, harm: string[], undo: string[]): Damage => ({
  rule,
  damage,
  harm: () => sql(...harm).then(() => undefined),
  undo: () => sql(...undo),
});

/** A second attempt of the run, and its removal. */
const secondAttempt = (values: string): [string[], string[]] => [
  [
    `insert into attempts (run_id, number, worker_name, slot, device, started_at, ended_at, from_epoch, outcome)
     select run_id, 2, worker_name, slot, device, ${values} from attempts where run_id = :run and number = 1`,
    "update runs set attempt = 2 where id = :run",
  ],
  [
    "delete from attempts where run_id = :run and number = 2",
    "update runs set attempt = 1 where id = :run",
  ],
];

const [
  END = "",
  SWEEP = "",
  APART = "",
  SUPERSEDED = "",
  STEPS = "",
  BUDGET = "",
  VIEWS = "",
  KEPT = "",
  FRONT = "",
  PROMOTION = "",
  EVENTS = "",
  WHOLE = "",
  ORPHAN = "",
] = RULE_NAMES;

const extraFile = () => system.db.artifacts.path("ab".repeat(32));
const oneFile = async () => {
  const [file] = await system.db.prisma.$queryRaw<{ sha256: string; bytes: number }[]>`
    select sha256, bytes::float8 as bytes from artifacts where run_id = ${runId}::uuid limit 1`;
  if (file === undefined) throw new Error("no artifact");
  return { path: system.db.artifacts.path(file.sha256), bytes: file.bytes };
};

async function flipFirstByte(): Promise<void> {
  const { path } = await oneFile();
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(0) ^ 0xff, 0);
  await writeFile(path, bytes);
}

const DAMAGES: readonly Damage[] = [
  {
    rule: END,
    damage: "an accepted run is not stored",
    harm: async () => ({
      promised: { ...history.promised, runs: new Set([crypto.randomUUID()]) },
    }),
  },
  stored(
    END,
    "a run never ends",
    ["update runs set state = 'running' where id = :run"],
    ["update runs set state = 'completed' where id = :run"],
  ),
  stored(END, "a run ends twice", ...secondAttempt("ended_at, ended_at, 30, 'completed'")),
  stored(
    END,
    "a report is lost",
    [
      "create table kept_report as select * from reports where run_id = :run",
      "delete from reports where run_id = :run",
    ],
    ["insert into reports select * from kept_report", "drop table kept_report"],
  ),
  stored(
    END,
    "a run has failed",
    ["update runs set state = 'failed' where id = :run"],
    ["update runs set state = 'completed' where id = :run"],
  ),
  stored(
    END,
    "a run's end is not its attempt's",
    ["update attempts set outcome = 'pruned' where run_id = :run"],
    ["update attempts set outcome = 'completed' where run_id = :run"],
  ),
  stored(
    END,
    "a completed run has no weights",
    ["update artifacts set kind = 'output' where run_id = :run and kind = 'weights'"],
    ["update artifacts set kind = 'weights' where run_id = :run and kind = 'output'"],
  ),
  stored(
    SWEEP,
    "a sweep stays open",
    ["update sweeps set state = 'running' where id = (select sweep_id from runs where id = :run)"],
    [
      "update sweeps set state = 'completed' where id = (select sweep_id from runs where id = :run)",
    ],
  ),
  stored(APART, "two attempts own a run", ...secondAttempt("started_at, ended_at, 30, 'lost'")),
  stored(
    APART,
    "an attempt is left open",
    ["update attempts set ended_at = null where run_id = :run"],
    ["update attempts set ended_at = started_at where run_id = :run"],
  ),
  stored(
    APART,
    "an attempt is missing",
    ["update runs set attempt = 2 where id = :run"],
    ["update runs set attempt = 1 where id = :run"],
  ),
  stored(SUPERSEDED, "a zombie has written", ...secondAttempt("ended_at, ended_at, 10, 'lost'")),
  stored(
    STEPS,
    "a metric is lost",
    [
      "create table kept_point as select * from metric_points where run_id = :run and step = 7 and name = 'loss'",
      "delete from metric_points where run_id = :run and step = 7 and name = 'loss'",
    ],
    ["insert into metric_points select * from kept_point", "drop table kept_point"],
  ),
  stored(
    STEPS,
    "a run is completed before its last epoch",
    ["update runs set epochs = epochs + 1 where id = :run"],
    ["update runs set epochs = epochs - 1 where id = :run"],
  ),
  stored(
    STEPS,
    "all metrics of a run are lost",
    [
      "create table kept_points as select * from metric_points where run_id = :run",
      "delete from metric_points where run_id = :run",
    ],
    ["insert into metric_points select * from kept_points", "drop table kept_points"],
  ),
  stored(
    BUDGET,
    "a sweep's run has no number in its order",
    ["update runs set number = number + 1000 where id = :run"],
    ["update runs set number = number - 1000 where id = :run"],
  ),
  stored(
    BUDGET,
    "a grid tries a cell twice",
    [
      `create table kept_params as select r.id, r.params from runs r join sweeps s on s.id = r.sweep_id
       where s.sampler ->> 'name' = 'grid' and r.number = 2`,
      `update runs r set params = o.params from kept_params k, runs o
       where r.id = k.id and o.sweep_id = r.sweep_id and o.number = 1`,
    ],
    [
      "update runs r set params = k.params from kept_params k where r.id = k.id",
      "drop table kept_params",
    ],
  ),
  stored(
    BUDGET,
    "a sweep has a run too many",
    [
      "update sweeps set planned_runs = planned_runs - 1 where id = (select sweep_id from runs where id = :run)",
    ],
    [
      "update sweeps set planned_runs = planned_runs + 1 where id = (select sweep_id from runs where id = :run)",
    ],
  ),
  {
    rule: VIEWS,
    damage: "the API counts wrongly",
    async harm() {
      const { sweeps } = system.client;
      const get: typeof sweeps.get = async (id, options) => {
        const sweep = await sweeps.get(id, options);
        return { ...sweep, counts: { ...sweep.counts, completed: sweep.counts.completed + 1 } };
      };
      return { client: { ...system.client, sweeps: { ...sweeps, get } } };
    },
  },
  {
    rule: VIEWS,
    damage: "the API names another run as the best",
    async harm() {
      const { sweeps } = system.client;
      const get: typeof sweeps.get = async (id, options) => {
        const sweep = await sweeps.get(id, options);
        return { ...sweep, best: sweep.best && { ...sweep.best, runId: crypto.randomUUID() } };
      };
      return { client: { ...system.client, sweeps: { ...sweeps, get } } };
    },
  },
  stored(
    KEPT,
    "a metric is kept under another name",
    ["update run_metrics set name = name || ' ' where run_id = :run"],
    ["update run_metrics set name = rtrim(name) where run_id = :run"],
  ),
  {
    rule: FRONT,
    damage: "the API leaves a run out of the front",
    async harm() {
      const { sweeps } = system.client;
      const pareto: typeof sweeps.pareto = async (id, options) => {
        const view = await sweeps.pareto(id, options);
        return { ...view, front: view.front.slice(1) };
      };
      return { client: { ...system.client, sweeps: { ...sweeps, pareto } } };
    },
  },
  stored(
    PROMOTION,
    "an alias points at another version than its history says",
    [
      "create table kept_changes as select * from model_changes where alias is not null",
      "update model_changes set to_version = to_version + 1000 where alias is not null",
    ],
    [
      "update model_changes c set to_version = k.to_version from kept_changes k where k.id = c.id",
      "drop table kept_changes",
    ],
  ),
  {
    rule: PROMOTION,
    damage: "a version is another run's",
    harm: async () => ({
      promised: { ...history.promised, promotions: new Map([["stripes@1", crypto.randomUUID()]]) },
    }),
  },
  stored(
    PROMOTION,
    "one promotion makes two versions",
    [
      "drop index if exists model_versions_model_id_run_id_key",
      `insert into model_versions select (jsonb_populate_record(v, jsonb_build_object(
         'id', gen_random_uuid(), 'version', v.version + 1000))).*
       from model_versions v limit 1`,
    ],
    ["delete from model_versions where version > 1000"],
  ),
  {
    rule: EVENTS,
    damage: "a subscriber misses an epoch",
    harm: async () => ({
      seen: {
        states: subscriber.states,
        steps: new Map([...subscriber.steps, [runId, new Set([1, 2, 3])]]),
        gaps: 0,
      },
    }),
  },
  {
    rule: EVENTS,
    damage: "a subscriber misses an end",
    harm: async () => ({
      seen: {
        states: new Map([...subscriber.states, [runId, "running"]]),
        steps: subscriber.steps,
        gaps: 0,
      },
    }),
  },
  {
    rule: EVENTS,
    damage: "a subscriber was told of a gap",
    harm: async () => ({ seen: { states: subscriber.states, steps: subscriber.steps, gaps: 1 } }),
  },
  {
    rule: WHOLE,
    damage: "a file is gone",
    harm: () =>
      oneFile()
        .then(({ path }) => rename(path, `${path}.gone`))
        .then(() => undefined),
    undo: () => oneFile().then(({ path }) => rename(`${path}.gone`, path)),
  },
  {
    rule: WHOLE,
    damage: "a file has grown",
    harm: () =>
      oneFile()
        .then(({ path }) => appendFile(path, "x"))
        .then(() => undefined),
    undo: () => oneFile().then(({ path, bytes }) => truncate(path, bytes)),
  },
  {
    rule: WHOLE,
    damage: "a file of the same length holds other bytes",
    harm: () => flipFirstByte().then(() => undefined),
    undo: () => flipFirstByte(),
  },
  {
    rule: ORPHAN,
    damage: "a file is left over that no collection takes",
    async harm() {
      await mkdir(dirname(extraFile()), { recursive: true });
      await writeFile(extraFile(), "left over");
      const soon = Date.now() / 1000 + 30; // as a machine whose clock runs ahead would write it
      await utimes(extraFile(), soon, soon);
      return undefined;
    },
    undo: () => rm(extraFile()),
  },
];

describe("the history checker", () => {
  test("finds nothing wrong in a history without faults", async () => {
    expect(await checkHistory(history)).toEqual([]);
    expect(await differingNumbers(system.db)).toEqual([]);
  });

  test.each(DAMAGES)("finds that $damage", async ({ rule, harm, undo }) => {
    const changed = await harm();
    try {
      const found = await checkHistory({ ...history, ...changed });
      expect(found.map((violation) => violation.rule)).toContain(rule);
    } finally {
      await undo?.();
    }
    expect(await checkHistory(history)).toEqual([]);
  });

  test("every rule has its damage", () => {
    expect(new Set(DAMAGES.map(({ rule }) => rule))).toEqual(new Set(RULE_NAMES));
  });

  test("finds a run whose numbers differ from another's of its plan", async () => {
    await sql("update metric_points set value = value + 1e-12 where run_id = :run and step = 3");
    const found = await differingNumbers(system.db);
    await sql("update metric_points set value = value - 1e-12 where run_id = :run and step = 3");
    expect(found).not.toEqual([]);
  });
});
