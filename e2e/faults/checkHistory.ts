import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Client } from "@sweepyard/client";
import { collectFiles, type Db } from "@sweepyard/db";
import type { SeenEvents } from "./seenEvents.js";
import type { Promised } from "./workload.js";

/** What the checker reads: the database, the files, and what the API says. */
export interface History {
  readonly db: Db;
  readonly client: Client;
  readonly promised: Promised;
  /** What one subscriber was told, over all its connections. */
  readonly seen: SeenEvents;
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
}

type Check = (history: History) => Promise<string[]>;

/**
 * What must be true of a system at rest, whatever has happened to it. Each rule is looked up in
 * what is stored, not in what the code means to do.
 */
const RULES: Readonly<Record<string, Check>> = {
  "every accepted run has exactly one end": oneEnd,
  "every accepted sweep has ended": sweepsEnded,
  "one attempt owns a run at a time": attemptsApart,
  "no metric of a superseded attempt": noSupersededPoints,
  "steps without gaps": stepsWithoutGaps,
  "the budget is never passed": budgetKept,
  "counts and best are those of the runs": viewsAgree,
  "the metrics that lists are sorted by are those of the runs": metricsKept,
  "the Pareto front is that of the runs": frontAgrees,
  "one version for each promotion": promotionsKept,
  "a subscriber has heard of every epoch and every end": eventsComplete,
  "every file has the bytes of its name": filesWhole,
  "no file that nothing refers to": noOrphans,
};

export const RULE_NAMES = Object.keys(RULES);

/** All that is wrong; empty if nothing is. The last rule deletes files that nothing refers to. */
export async function checkHistory(history: History): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [rule, check] of Object.entries(RULES))
    for (const what of await check(history)) violations.push({ rule, what });
  return violations;
}

const told = (rows: readonly { what: string }[]) => rows.map(({ what }) => what);
const query = (db: Db, sql: string, ...values: unknown[]) =>
  db.prisma.$queryRawUnsafe<{ what: string }[]>(sql, ...values).then(told);

async function oneEnd({ db, promised }: History): Promise<string[]> {
  const ids = [...promised.runs];
  const missing = await query(
    db,
    `select 'run ' || p.id || ' was accepted and is not stored' as what
     from unnest($1::uuid[]) as p(id) where not exists (select 1 from runs r where r.id = p.id)`,
    ids,
  );
  const unended = await query(
    db,
    `select 'run ' || id || ' is ' || state || ' (' || coalesce(state_reason, '') || ')' as what
     from runs where state not in ('completed', 'pruned', 'diverged', 'failed', 'cancelled')`,
  );
  const failed = await query(
    db,
    `select 'run ' || id || ' failed: ' || coalesce(error_message, '') as what
     from runs where state = 'failed'`,
  );
  // Retried runs have an older end, of cancelled or failed; one that counts is the last.
  const contrary = await query(
    db,
    `select 'run ' || r.id || ' is ' || r.state || ', its last attempt ' || coalesce(a.outcome, 'open')
     as what
     from runs r join attempts a on a.run_id = r.id and a.number = r.attempt
     where r.state in ('completed', 'pruned', 'diverged') and a.outcome is distinct from r.state`,
  );
  const twice = await query(
    db,
    `select 'run ' || run_id || ' has ' || count(*) || ' attempts that completed it' as what
     from attempts where outcome in ('completed', 'pruned', 'diverged')
     group by run_id having count(*) > 1`,
  );
  const unreported = await query(
    db,
    `select 'run ' || r.id || ' is completed and lacks its report, weights or model' as what
     from runs r where r.state = 'completed' and (
       not exists (select 1 from reports p where p.run_id = r.id)
       or (select count(*) from artifacts a where a.run_id = r.id and a.kind = 'weights') <> 1
       or (select count(*) from artifacts a where a.run_id = r.id and a.kind = 'model') <> 1)`,
  );
  return [...missing, ...unended, ...failed, ...contrary, ...twice, ...unreported];
}

async function sweepsEnded({ db, promised }: History): Promise<string[]> {
  return query(
    db,
    `select 'sweep ' || p.id || ' is ' || coalesce(s.state, 'not stored') as what
     from unnest($1::uuid[]) as p(id) left join sweeps s on s.id = p.id
     where s.state is null or s.state not in ('completed', 'cancelled')`,
    [...promised.sweeps],
  );
}

async function attemptsApart({ db }: History): Promise<string[]> {
  const overlapping = await query(
    db,
    `select 'run ' || run_id || ': attempt ' || number || ' began before attempt ' || number - 1 ||
       ' ended' as what
     from (
       select run_id, number, started_at,
         lag(ended_at) over (partition by run_id order by number) as before,
         lag(number) over (partition by run_id order by number) as other
       from attempts
     ) a where other is not null and (before is null or before > started_at)`,
  );
  const open = await query(
    db,
    `select 'attempt ' || a.number || ' of run ' || a.run_id || ' is open, the run ' || r.state as what
     from attempts a join runs r on r.id = a.run_id
     where a.ended_at is null and (r.state <> 'running' or a.number <> r.attempt)`,
  );
  const numbering = await query(
    db,
    `select 'run ' || r.id || ' counts ' || r.attempt || ' attempts and has ' || count(a.*) as what
     from runs r left join attempts a on a.run_id = r.id
     group by r.id having count(a.*) <> r.attempt or coalesce(max(a.number), 0) <> r.attempt`,
  );
  return [...overlapping, ...open, ...numbering];
}

/** A step belongs to the last attempt that began before it. */
async function noSupersededPoints({ db }: History): Promise<string[]> {
  return query(
    db,
    `select 'run ' || p.run_id || ': ' || p.name || ' of step ' || p.step || ' is of attempt ' ||
       p.attempt || ', and attempt ' || a.number || ' began at epoch ' || a.from_epoch as what
     from metric_points p join attempts a
       on a.run_id = p.run_id and a.number > p.attempt and a.from_epoch < p.step`,
  );
}

async function stepsWithoutGaps({ db }: History): Promise<string[]> {
  const gaps = await query(
    db,
    `select 'run ' || r.id || ': ' || p.name || ' has ' || count(*) || ' steps from ' ||
       min(p.step) || ' to ' || max(p.step) || ', and ' || r.epoch || ' epochs are done' as what
     from runs r join metric_points p on p.run_id = r.id
     group by r.id, r.epoch, p.name
     having count(*) <> r.epoch or min(p.step) <> 1 or max(p.step) <> r.epoch`,
  );
  const silent = await query(
    db,
    `select 'run ' || r.id || ' has done ' || r.epoch || ' epochs and recorded none' as what
     from runs r where r.epoch > 0
       and not exists (select 1 from metric_points p where p.run_id = r.id)`,
  );
  const short = await query(
    db,
    `select 'run ' || id || ' is completed after ' || epoch || ' of ' || epochs || ' epochs' as what
     from runs where state = 'completed' and epoch <> epochs`,
  );
  return [...gaps, ...silent, ...short];
}

async function budgetKept({ db }: History): Promise<string[]> {
  const passed = await query(
    db,
    `select 'sweep ' || s.id || ' has ' || count(r.*) || ' runs, planned were ' || s.planned_runs
     as what
     from sweeps s left join runs r on r.sweep_id = s.id
     group by s.id having count(r.*) > s.planned_runs
       or (s.state = 'completed' and count(r.*) <> s.planned_runs)`,
  );
  const numbers = await query(
    db,
    `select 'sweep ' || sweep_id || ': its runs are not numbered from 1 to ' || count(*) as what
     from runs where sweep_id is not null group by sweep_id
     having min(number) <> 1 or max(number) <> count(*)`,
  );
  const doubled = await query(
    db,
    `select 'grid ' || r.sweep_id || ' has tried ' || r.params::text || ' ' || count(*) || ' times'
     as what
     from runs r join sweeps s on s.id = r.sweep_id where s.sampler ->> 'name' = 'grid'
     group by r.sweep_id, r.params::text having count(*) > 1`,
  );
  return [...passed, ...numbers, ...doubled];
}

/** What the API says of each sweep, beside a recount over its runs as the API lists them. */
async function viewsAgree({ client, promised }: History): Promise<string[]> {
  const wrong: string[] = [];
  for (const id of promised.sweeps) {
    const sweep = await client.sweeps.get(id);
    const { items, total } = await client.runs.list({ sweepId: id, limit: 1000 });
    if (items.length !== total) wrong.push(`sweep ${id}: ${total} runs, ${items.length} listed`);
    for (const [state, count] of Object.entries(sweep.counts)) {
      const counted = items.filter((run) => run.state === state).length;
      if (counted !== count) wrong.push(`sweep ${id}: ${count} ${state}, and ${counted} listed`);
    }
    const sign = sweep.objective.direction === "minimize" ? 1 : -1;
    const [best] = items
      .filter((run) => run.state === "completed" && !run.excluded && run.objective !== null)
      .sort((a, b) => sign * ((a.objective ?? 0) - (b.objective ?? 0)) || a.number - b.number);
    if (best?.id !== sweep.best?.runId)
      wrong.push(`sweep ${id}: best is ${sweep.best?.runId}, recomputed ${best?.id}`);
    if (best === undefined) continue;
    const answered = await client.sweeps.best(id);
    if (answered.runId !== best.id)
      wrong.push(`sweep ${id}: /best answers ${answered.runId}, recomputed ${best.id}`);
  }
  return wrong;
}

async function metricsKept({ db }: History): Promise<string[]> {
  return query(
    db,
    `select 'run ' || r.id || ' has ended with ' || own.metrics || ', and ' || kept.metrics || ' is kept'
     as what
     from runs r
     cross join lateral (select coalesce(jsonb_object_agg(key, value::float8), '{}') as metrics
       from jsonb_each(r.metrics) where jsonb_typeof(value) = 'number') own
     cross join lateral (select coalesce(jsonb_object_agg(name, value), '{}') as metrics
       from run_metrics m where m.run_id = r.id) kept
     where r.ended_at is not null and own.metrics <> kept.metrics`,
  );
}

/** Beside the completed runs that no other one beats; with one objective, the best and its equals. */
async function frontAgrees({ client, promised }: History): Promise<string[]> {
  const wrong: string[] = [];
  for (const id of promised.sweeps) {
    const { front, objectives } = await client.sweeps.pareto(id);
    const { items } = await client.runs.list({ sweepId: id, limit: 1000 });
    const losses = items
      .filter((run) => run.state === "completed" && !run.excluded)
      .map((run) => ({
        id: run.id,
        values: objectives.map(({ metric, direction }) =>
          direction === "minimize" ? run.metrics[metric] : -(run.metrics[metric] ?? Number.NaN),
        ),
      }))
      .filter(({ values }) => values.every((value) => Number.isFinite(value)));
    const beats = (a: (typeof losses)[number], b: (typeof losses)[number]) =>
      a.values.every((value, index) => Number(value) <= Number(b.values[index])) &&
      a.values.some((value, index) => Number(value) < Number(b.values[index]));
    const expected = losses.filter((run) => !losses.some((other) => beats(other, run)));
    const [told, recomputed] = [front.map(({ runId }) => runId), expected.map((run) => run.id)].map(
      (ids) => ids.sort().join(" "),
    );
    if (told !== recomputed)
      wrong.push(`sweep ${id}: on the front are ${told}, recomputed ${recomputed}`);
  }
  return wrong;
}

async function promotionsKept({ db, promised }: History): Promise<string[]> {
  const versions = await db.prisma.$queryRaw<{ version: string; runId: string }[]>`
    select m.name || '@' || v.version as version, v.run_id as "runId"
    from model_versions v join models m on m.id = v.model_id`;
  const stored = new Map(versions.map(({ version, runId }) => [version, runId]));
  const wrong = [...promised.promotions]
    .filter(([version, runId]) => stored.get(version) !== runId)
    .map(
      ([version, runId]) =>
        `${version} was promised for run ${runId}, and is ${stored.get(version)}`,
    );
  const twice = await query(
    db,
    `select 'run ' || run_id || ' is ' || count(*) || ' versions of one model' as what
     from model_versions group by model_id, run_id having count(*) > 1`,
  );
  const dangling = await query(
    db,
    `select 'alias ' || a.alias || ' points at a version, and its history ends at another' as what
     from model_aliases a join model_versions v on v.id = a.version_id
     where v.version is distinct from (
       select c.to_version from model_changes c
       where c.model_id = a.model_id and c.alias = a.alias order by c.at desc, c.id desc limit 1)`,
  );
  return [...wrong, ...twice, ...dangling];
}

async function eventsComplete({ db, seen }: History): Promise<string[]> {
  if (seen.gaps > 0) return [`the subscriber was told of ${seen.gaps} gaps`];
  const runs = await db.prisma.$queryRaw<{ id: string; state: string; steps: number[] }[]>`
    select r.id, r.state,
      coalesce(array_agg(distinct p.step) filter (where p.step is not null), '{}') as steps
    from runs r left join metric_points p on p.run_id = r.id group by r.id`;
  return runs.flatMap(({ id, state, steps }) => {
    const heard = seen.steps.get(id) ?? new Set();
    const missed = steps.filter((step) => !heard.has(step));
    return [
      ...(missed.length > 0 ? [`run ${id}: nothing heard of epochs ${missed.join(", ")}`] : []),
      ...(seen.states.get(id) === state
        ? []
        : [`run ${id} is ${state}, last heard of as ${seen.states.get(id)}`]),
    ];
  });
}

async function filesWhole({ db }: History): Promise<string[]> {
  const files = await db.prisma.$queryRaw<{ sha256: string; bytes: number }[]>`
    select distinct sha256, bytes::float8 as bytes from artifacts`;
  const wrong: string[] = [];
  for (const { sha256, bytes } of files) {
    const content = await readFile(db.artifacts.path(sha256)).catch(() => null);
    if (content === null) wrong.push(`file ${sha256} is gone`);
    else if (
      content.length !== bytes ||
      createHash("sha256").update(content).digest("hex") !== sha256
    )
      wrong.push(`file ${sha256} holds other bytes`);
  }
  return wrong;
}

/** Files are collected when they are old; here all that are left over count as such. */
async function noOrphans({ db }: History): Promise<string[]> {
  await collectFiles(db, 0);
  const named = await db.prisma.$queryRaw<{ sha256: string }[]>`
    select distinct sha256 from artifacts`;
  const known = new Set(named.map(({ sha256 }) => sha256));
  const wrong: string[] = [];
  for await (const files of db.artifacts.writtenBefore(new Date(Date.now() + 60_000)))
    for (const file of files) if (!known.has(file)) wrong.push(`file ${file} is left over`);
  return wrong;
}
