import { open, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "@sweepyard/db";
import { Redis } from "ioredis";
import type { Fault } from "../fault.js";
import type { FaultSystem } from "../faultSystem.js";
import { EVERY_MOMENT } from "../moment.js";

/** The stores themselves: killed, emptied, full, or changed under load. */
export const STORE_FAULTS: readonly Fault[] = [
  {
    name: "SIGKILL of Redis, back soon",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: ({ system }) => system.redis.kill(),
    async repair({ system, chance }) {
      await sleep(chance.between(200, 3_000));
      await system.redis.start();
    },
  },
  {
    name: "Redis away for 30 s",
    victim: "worker",
    moments: EVERY_MOMENT,
    everyRounds: 3,
    strike: ({ system }) => system.redis.kill(),
    async repair({ system }) {
      await sleep(30_000);
      await system.redis.start();
    },
  },
  {
    name: "FLUSHALL",
    victim: "worker",
    moments: [...EVERY_MOMENT, "committed"],
    strike: ({ system }) => onRedis(system, (redis) => redis.flushall()),
  },
  {
    name: "Redis out of memory",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: ({ system }) => onRedis(system, (redis) => redis.config("SET", "maxmemory", "1")),
    async repair({ system }) {
      await sleep(2_000);
      await onRedis(system, (redis) => redis.config("SET", "maxmemory", "0"));
    },
  },
  {
    name: "Redis killed, its append-only file cut short",
    victim: "worker",
    moments: [...EVERY_MOMENT, "committed"],
    async strike({ system, chance }) {
      await system.redis.kill();
      await cutLastLog(join(system.dir, "redis/data/appendonlydir"), chance.between(1, 4_000));
    },
    repair: ({ system }) => system.redis.start(),
  },
  {
    name: "SIGKILL of Postgres",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: ({ system }) => system.postgres.kill(),
    async repair({ system, chance }) {
      await sleep(chance.between(0, 2_000));
      await system.postgres.start();
    },
  },
  {
    name: "restart of Postgres",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: ({ system }) => system.postgres.stop(),
    repair: ({ system }) => system.postgres.start(),
  },
  {
    name: "all connections to Postgres dropped",
    victim: "worker",
    moments: EVERY_MOMENT,
    async strike({ system }) {
      await system.db.prisma.$queryRaw`
        select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend'`;
    },
  },
  {
    name: "disk full under the artifacts",
    victim: "worker",
    moments: EVERY_MOMENT,
    possible: ({ canFillDisk }) => canFillDisk,
    strike: ({ system }) => fillDisk(system.artifactsDir),
    async repair({ system }) {
      await sleep(1_500);
      await rm(join(system.artifactsDir, FILLER), { force: true });
    },
  },
  {
    name: "migration under load",
    victim: "worker",
    moments: EVERY_MOMENT,
    async strike({ system }) {
      await migrate(system.postgres.url); // up to date: takes the lock and reads the book
      await system.db.prisma.$executeRawUnsafe(
        "alter table runs add column if not exists probe int",
      );
      await system.db.prisma.$executeRawUnsafe("alter table runs drop column probe");
    },
  },
];

/** Deliveries that come twice, late, and out of order, of runs that wait, run and have ended. */
export const DELIVERY_FAULTS: readonly Fault[] = [
  {
    name: "duplicated and reordered deliveries",
    victim: "worker",
    moments: EVERY_MOMENT,
    async strike({ system, chance }) {
      const runs = await system.db.prisma.$queryRaw<{ runId: string; generation: number }[]>`
        select id as "runId", generation from runs order by updated_at desc limit 20`;
      const training = system.queues.raw.training;
      for (const run of chance.shuffled(runs))
        for (const back of [0, 1]) {
          const payload = { ...run, generation: run.generation - back };
          const jobId = `again-${run.runId}-${payload.generation}-${Math.floor(chance.unit() * 1e9)}`;
          await training.add("run.train", payload, {
            jobId,
            delay: Math.floor(chance.between(0, 1_500)),
            removeOnComplete: true,
            removeOnFail: true,
          });
        }
      const sweeps = await system.db.prisma.$queryRaw<{ sweepId: string }[]>`
        select id as "sweepId" from sweeps order by created_at desc limit 5`;
      for (const payload of sweeps)
        for (let copy = 0; copy < 2; copy++)
          await system.queues.raw.control.add("sweep.advance", payload, { removeOnComplete: true });
    },
  },
];

const FILLER = "filler";

async function fillDisk(dir: string): Promise<void> {
  const file = await open(join(dir, FILLER), "w");
  const block = Buffer.alloc(1 << 20);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    await file.close();
  }
}

async function cutLastLog(dir: string, bytes: number): Promise<void> {
  const logs = (await readdir(dir)).filter((name) => name.endsWith(".incr.aof")).sort();
  const last = logs.at(-1);
  if (last === undefined) throw new Error(`no append-only file in ${dir}`);
  const { size } = await stat(join(dir, last));
  await truncate(join(dir, last), Math.max(0, size - Math.floor(bytes)));
}

async function onRedis(
  system: FaultSystem,
  ask: (redis: Redis) => Promise<unknown>,
): Promise<void> {
  const redis = new Redis(system.redis.url);
  try {
    await ask(redis);
  } finally {
    redis.disconnect();
  }
}
