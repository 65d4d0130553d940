import { CreateSweep, type Id, newId, type RunState, TrainPlan } from "@sweepyard/contract";
import { createSweep, type Db, ensureProject } from "@sweepyard/db";
import { seedProject } from "@sweepyard/db/testing";

export interface SeedOptions {
  readonly runs: number;
  readonly epochs: number;
  readonly name?: string;
  readonly description?: string;
  /** Every run ends like this, instead of the usual mixture. */
  readonly all?: "failed" | "diverged";
  /** The sweep goes on, and a few of its runs train and wait. */
  readonly live?: boolean;
  /** Text in place of the third optimizer's name, and of one run's reason. */
  readonly hostile?: string;
  /** Two objectives instead of one. */
  readonly pareto?: boolean;
  readonly seed?: number;
}

interface SeedRun {
  readonly id: Id;
  readonly number: number;
  readonly params: Record<string, number | string>;
  readonly state: RunState;
  readonly reason: string | null;
  /** Finished epochs. */
  readonly epoch: number;
  /** Accuracy that it would end with, and how fast it gets there. */
  readonly top: number;
  readonly pace: number;
  readonly slot: number;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

const WORKERS = 4;
const SLOTS = 2;
const EPOCH_MS = 1_900;
const OPTIMIZERS = ["Adam", "SGD", "RMSprop"];
const BATCHES = [32, 64, 128, 256];

/**
 * Writes a sweep of many runs into Postgres as if it had been trained: params over a space of
 * every kind of dimension, curves that depend on them, runs in every state, attempts on slots.
 */
export async function seedSweep(db: Db, options: SeedOptions): Promise<Id> {
  const { id: projectId } = await ensureProject(db, "default");
  const known = await db.prisma.dataset.findFirst({ where: { projectId } });
  if (known === null) await seedProject(db, "default");
  const dataset = await db.prisma.dataset.findFirstOrThrow({ where: { projectId } });
  const optimizers = options.hostile === undefined ? OPTIMIZERS : [...OPTIMIZERS, options.hostile];
  const sweep = await createSweep(db, projectId, "seed", sweepOf(options, optimizers), {
    plannedRuns: options.runs,
  });
  const runs = makeRuns(options, optimizers);
  await insertRuns(db, { projectId, sweepId: sweep.id, datasetId: dataset.id }, runs, options);
  await insertPoints(db, runs);
  await endRuns(db, sweep.id, runs, options);
  return sweep.id;
}

function sweepOf(options: SeedOptions, optimizers: readonly string[]): CreateSweep {
  const { runs, epochs, name, description = "", pareto = false } = options;
  const val = { metric: "val_accuracy", direction: "maximize" } as const;
  return CreateSweep.parse({
    name: name ?? `${runs} runs of ${epochs} epochs`,
    description,
    plan: { data: { dataset: "shapes" }, epochs },
    space: {
      batch_size: { type: "ordinal", choices: BATCHES },
      depth: { type: "int", low: 1, high: 6 },
      dropout: { type: "float", low: 0, high: 0.6 },
      learning_rate: { type: "float", low: 1e-5, high: 1e-1, log: true },
      optimizer: { type: "categorical", choices: optimizers },
      units: { type: "int", low: 16, high: 1024, log: true },
    },
    sampler: { name: "tpe" },
    pruner: { name: "asha", mode: "stop", min_resource: 2, reduction_factor: 3 },
    ...(pareto
      ? { objectives: [val, { metric: "loss", direction: "minimize" }] }
      : { objective: val }),
    budget: { runs },
    parallelism: WORKERS * SLOTS,
  });
}

/** Deterministic, so that two measurements see the same sweep. */
function uniforms(seed: number): () => number {
  let state = (seed + 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function makeRuns(options: SeedOptions, optimizers: readonly string[]): SeedRun[] {
  const { runs: count, epochs, all, live = false, seed = 1 } = options;
  const draw = uniforms(seed);
  const pick = <T>(items: readonly T[]) => items[Math.floor(draw() * items.length)] as T;
  const free = Array.from({ length: WORKERS * SLOTS }, () => 0);
  const unfinished = live ? Math.min(free.length - 2, Math.floor(count / 4)) : 0;
  const waiting = live && count > 8 ? 4 : 0;
  const seeds = Array.from({ length: count }, (_, index) => {
    // A sampler that learns comes nearer to the good region as it goes.
    const learnt = Math.min(0.75, (index / count) * 1.1);
    const near = draw() < learnt;
    const exponent = near ? -2.9 + (draw() + draw() - 1) * 0.6 : -5 + draw() * 4;
    const depth = near ? 3 + Math.floor(draw() * 2) : 1 + Math.floor(draw() * 6);
    const params = {
      batch_size: pick(BATCHES),
      depth,
      dropout: Math.round((near ? 0.15 + draw() * 0.2 : draw() * 0.6) * 1e4) / 1e4,
      learning_rate: 10 ** exponent,
      optimizer: pick(optimizers),
      units: Math.round(16 * 64 ** (near ? 0.6 + 0.4 * draw() : draw())),
    };
    const top =
      0.925 -
      0.045 * (exponent + 2.9) ** 2 -
      0.012 * (depth - 3.5) ** 2 -
      0.2 * (params.dropout - 0.25) ** 2 -
      (params.optimizer === "SGD" ? 0.03 : 0) +
      0.008 * (draw() + draw() - 1);
    return { params, exponent, top: Math.max(0.1, top), pace: 0.08 + 0.25 * draw() };
  });
  const sorted = seeds.map(({ top }) => top).sort((a, b) => a - b);
  const median = sorted[Math.floor(count / 2)] ?? 0;
  const made = seeds.map((each, index): SeedRun => {
    const luck = draw();
    const isLast = index >= count - unfinished - waiting;
    let state: RunState = "completed";
    if (all !== undefined) state = all;
    else if (index >= count - waiting) state = "queued";
    else if (isLast) state = "running";
    else if (luck < 0.03) state = "failed";
    else if (luck < 0.06 || each.exponent > -1.15) state = "diverged";
    else if (luck < 0.07) state = "cancelled";
    else if (each.top < median && draw() < 0.75) state = "pruned";
    const rungs = [2, 6, 18, 54].filter((rung) => rung <= epochs);
    const epoch =
      state === "completed"
        ? epochs
        : state === "queued"
          ? 0
          : state === "pruned"
            ? (pick(rungs) ?? 1)
            : state === "failed" && draw() < 0.3
              ? 0
              : Math.min(epochs, 1 + Math.floor(draw() * epochs * 0.6));
    const lane = free.indexOf(Math.min(...free));
    const before = free[lane] ?? 0;
    const duration = (epoch + 0.5) * EPOCH_MS * (0.5 + each.params.units / 700);
    const startedAt = state === "queued" ? null : before + 200 + draw() * 3_000;
    if (startedAt !== null) free[lane] = startedAt + duration;
    const isOver = state !== "queued" && state !== "running";
    return {
      id: newId(),
      number: index + 1,
      params: each.params,
      state,
      reason: reasonOf(state, epoch, each.top, options.hostile),
      epoch,
      top: each.top,
      pace: each.pace,
      slot: lane,
      queuedAt: Math.max(0, before - 12_000 * draw()),
      startedAt,
      endedAt: isOver && startedAt !== null ? startedAt + duration : null,
    };
  });
  return made;
}

function reasonOf(
  state: RunState,
  epoch: number,
  top: number,
  hostile: string | undefined,
): string | null {
  switch (state) {
    case "pruned":
      return `pruned at epoch ${epoch}: ${top.toFixed(4)} is not among the best third of its rung`;
    case "diverged":
      return `the loss was not finite in epoch ${epoch}`;
    case "failed":
      return hostile ?? "attempt 5 of 5 failed: the trainer ended with SIGKILL";
    case "cancelled":
      return "cancelled by “seed”";
    case "queued":
    case "running":
    case "paused":
    case "completed":
      return null;
  }
}

interface Owner {
  readonly projectId: Id;
  readonly sweepId: Id;
  readonly datasetId: Id;
}

const CHUNK = 1_000;

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK);
}

async function insertRuns(
  db: Db,
  { projectId, sweepId, datasetId }: Owner,
  runs: readonly SeedRun[],
  { epochs, name = "seed" }: SeedOptions,
): Promise<void> {
  const plan = TrainPlan.parse({ data: { dataset: "shapes" }, epochs });
  const last = Math.max(0, ...runs.map((run) => run.endedAt ?? run.startedAt ?? 0));
  const origin = Date.now() - last - 5_000;
  const at = (ms: number | null) => (ms === null ? null : new Date(origin + ms));
  await db.prisma.$executeRaw`
    update sweeps set created_at = ${new Date(origin)}, next_number = ${runs.length + 1}
    where id = ${sweepId}::uuid`;
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, async (_, index) => {
      const worker = await db.prisma.worker.create({
        data: {
          id: newId(),
          name: `gpu-${index + 1}`,
          host: `gpu-${index + 1}`,
          pid: 1,
          version: "0.1.0",
          state: "stopped",
          slots: Array.from({ length: SLOTS }, (_, slot) => ({ slot, device: "cuda:0" })),
        },
      });
      return worker.id;
    }),
  );
  for (const part of chunks(runs)) {
    await db.prisma.run.createMany({
      data: part.map((run) => ({
        id: run.id,
        projectId,
        sweepId,
        datasetId,
        number: run.number,
        point: run.number,
        name: `${name} #${run.number}`,
        params: run.params,
        samplerReason: { sampler: "tpe", good: 12, bad: 40, expected: run.top },
        plan: { ...plan, batch_size: Number(run.params.batch_size) },
        engine: "onnx",
        epoch: run.epoch,
        epochs,
        createdBy: "seed",
        createdAt: at(run.queuedAt) ?? new Date(origin),
        queuedAt: at(run.queuedAt),
        startedAt: at(run.startedAt),
        attempt: run.startedAt === null ? 0 : 1,
        workerId: run.startedAt === null ? null : (workers[Math.floor(run.slot / SLOTS)] ?? null),
        slot: run.startedAt === null ? null : run.slot % SLOTS,
      })),
    });
    await db.prisma.attempt.createMany({
      data: part.flatMap((run) =>
        run.startedAt === null
          ? []
          : [
              {
                runId: run.id,
                number: 1,
                workerId: workers[Math.floor(run.slot / SLOTS)] ?? null,
                workerName: `gpu-${Math.floor(run.slot / SLOTS) + 1}`,
                slot: run.slot % SLOTS,
                device: "cuda:0",
                startedAt: at(run.startedAt) ?? new Date(origin),
                endedAt: at(run.endedAt),
                outcome: run.endedAt === null ? null : run.state,
              },
            ],
      ),
    });
  }
}

/** A curve's values come out of its run's `top` and `pace`; the noise, out of the run's id. */
async function insertPoints(db: Db, runs: readonly SeedRun[]): Promise<void> {
  for (const part of chunks(runs))
    await db.prisma.$executeRaw`
      insert into metric_points (run_id, name, step, attempt, value, at)
      select u.id, m.name, e.step, 1,
        case
          when u.diverged and e.step = u.epoch and m.name <> 'epoch_seconds' then 'NaN'
          when m.name = 'val_accuracy' then least(0.999, u.top * (1 - exp(-u.pace * e.step)) + n.noise)
          when m.name = 'accuracy' then least(0.999, (u.top + 0.03) * (1 - exp(-u.pace * 1.1 * e.step)))
          when m.name = 'val_loss' then 0.15 + 2.2 * exp(-u.pace * e.step) + (1 - u.top) + 0.002 * e.step - n.noise
          when m.name = 'loss' then 0.05 + 2.2 * exp(-u.pace * 1.1 * e.step) + (1 - u.top)
          else 1.9 + n.noise
        end,
        u.began + e.step * interval '1.9 second'
      from unnest(${part.map((run) => run.id)}::text[]::uuid[], ${part.map((run) => run.epoch)}::int[],
        ${part.map((run) => run.top)}::float8[], ${part.map((run) => run.pace)}::float8[],
        ${part.map((run) => run.state === "diverged")}::bool[]) as v (id, epoch, top, pace, diverged)
      cross join lateral (select v.*, (select started_at from runs where id = v.id) as began) u
      cross join lateral generate_series(1, u.epoch) as e (step)
      cross join lateral (select 0.012 * (mod(('x' || substr(md5(u.id::text || e.step), 1, 7))::bit(28)::int, 1000) / 1000.0 - 0.5) as noise) n
      cross join (values ('val_accuracy'), ('accuracy'), ('val_loss'), ('loss'), ('epoch_seconds')) as m (name)`;
}

async function endRuns(
  db: Db,
  sweepId: Id,
  runs: readonly SeedRun[],
  { live = false }: SeedOptions,
): Promise<void> {
  for (const part of chunks(runs))
    await db.prisma.$executeRaw`
      update runs r set state = v.state, state_reason = v.reason,
        lease_until = case when v.state = 'running' then now() + interval '1 day' end,
        ended_at = case when v.took is not null then r.started_at + v.took * interval '1 millisecond' end,
        objective = l.objective,
        metrics = coalesce(l.metrics, '{}') || case when v.state = 'completed'
          then jsonb_build_object('test.accuracy', l.objective - 0.01) else '{}' end
      from unnest(${part.map((run) => run.id)}::text[]::uuid[], ${part.map((run) => run.state)}::text[],
        ${part.map((run) => run.reason)}::text[],
        ${part.map((run) => (run.endedAt === null || run.startedAt === null ? null : run.endedAt - run.startedAt))}::float8[])
        as v (id, state, reason, took)
      left join lateral (
        select max(case when p.name = 'val_accuracy' and p.value < 'Infinity' then p.value end) as objective,
          jsonb_object_agg(p.name, case when p.value < 'Infinity' then p.value end) as metrics
        from metric_points p, runs o where p.run_id = v.id and o.id = v.id and p.step = o.epoch
      ) l on true
      where r.id = v.id`;
  if (!live)
    await db.prisma.$executeRaw`
      update sweeps set state = 'completed', state_reason = 'all runs have ended',
        ended_at = (select max(ended_at) from runs where sweep_id = ${sweepId}::uuid)
      where id = ${sweepId}::uuid`;
  await db.prisma.$executeRaw`analyze`;
}
