import { setTimeout as sleep } from "node:timers/promises";
import type { AppProcess } from "../appProcess.js";
import type { Fault } from "../fault.js";
import { LEASE_MS } from "../faultSystem.js";
import { EVERY_MOMENT } from "../moment.js";

const STORES = [
  ["Postgres", "postgres"],
  ["Redis", "redis"],
] as const;

const healed = async (victim: AppProcess, afterMs: number) => {
  await sleep(afterMs);
  victim.postgres.heal();
  victim.redis.heal();
};

/** Wires between a process and its stores that break, jam, drag, or lie. */
export const NETWORK_FAULTS: readonly Fault[] = STORES.flatMap(([label, store]): Fault[] => [
  {
    name: `${label} cut off from a worker`,
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim }) => victim[store].cut(),
    repair: ({ victim, chance }) => healed(victim, chance.between(500, LEASE_MS + 2_000)),
  },
  {
    name: `${label} cut off from the API`,
    victim: "api",
    moments: EVERY_MOMENT,
    everyRounds: 2,
    strike: async ({ victim }) => victim[store].cut(),
    repair: ({ victim, chance }) => healed(victim, chance.between(500, 4_000)),
  },
  {
    name: `black hole between a worker and ${label}`,
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim }) => victim[store].freeze(),
    repair: ({ victim, chance }) => healed(victim, chance.between(1_000, LEASE_MS + 2_000)),
  },
  {
    name: `black hole between the API and ${label}`,
    victim: "api",
    moments: EVERY_MOMENT,
    everyRounds: 2,
    strike: async ({ victim }) => victim[store].freeze(),
    repair: ({ victim, chance }) => healed(victim, chance.between(1_000, 4_000)),
  },
  {
    name: `slow wire between a worker and ${label}`,
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim, chance }) => victim[store].slow(chance.between(50, 400)),
    repair: ({ victim }) => healed(victim, 2_000),
  },
  {
    name: `half-open connections of a worker to ${label}`,
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim }) => victim[store].halfOpen(),
  },
]);
