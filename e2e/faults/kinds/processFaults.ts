import { setTimeout as sleep } from "node:timers/promises";
import { OVERDUE_MS } from "../appProcess.js";
import type { Fault } from "../fault.js";
import { GRACE_MS, LEASE_MS } from "../faultSystem.js";
import { EVERY_MOMENT } from "../moment.js";

const PAST_LEASE_MS = LEASE_MS + 1_000;

/** Processes that die, freeze, or lose their sense of time. */
export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: "SIGKILL of a trainer",
    victim: "worker",
    moments: EVERY_MOMENT,
    async strike({ victim, chance }) {
      const pids = await victim.trainerPids();
      if (pids.length > 0) process.kill(chance.pick(pids), "SIGKILL");
    },
  },
  {
    name: "SIGKILL of a worker",
    victim: "worker",
    moments: [...EVERY_MOMENT, "committed"],
    strike: async ({ victim }) => victim.signal("SIGKILL"),
  },
  {
    name: "SIGKILL of the API",
    victim: "api",
    moments: [...EVERY_MOMENT, "committed"],
    strike: async ({ victim }) => victim.signal("SIGKILL"),
  },
  crashBeforeEnqueue("worker"),
  crashBeforeEnqueue("api"),
  {
    name: "SIGSTOP of a worker past its lease",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim }) => victim.signal("SIGSTOP"),
    async repair({ victim }) {
      await sleep(PAST_LEASE_MS);
      victim.signal("SIGCONT");
    },
  },
  {
    name: "frozen event loop of a worker",
    victim: "worker",
    moments: [...EVERY_MOMENT, "committed"],
    strike: ({ victim }) => victim.order({ freezeMs: PAST_LEASE_MS }),
    repair: () => sleep(PAST_LEASE_MS),
  },
  {
    name: "frozen event loop of the API",
    victim: "api",
    moments: EVERY_MOMENT,
    strike: ({ victim }) => victim.order({ freezeMs: 2_000 }),
    repair: () => sleep(2_000),
  },
  {
    name: "clock step of a worker",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: ({ victim, chance }) =>
      victim.order({ clockOffsetMs: chance.pick([-1, 1]) * 3_600_000 }),
    async repair({ victim }) {
      await sleep(2_000);
      await victim.order({ clockOffsetMs: 0 });
    },
  },
  {
    name: "shutdown while Redis is gone",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async ({ victim }) => victim.redis.cut(),
    async repair({ victim }) {
      const tookMs = await victim.stop(GRACE_MS);
      if (tookMs > GRACE_MS + OVERDUE_MS)
        throw new Error(`${victim.name} took ${Math.round(tookMs)} ms to stop without Redis`);
      victim.redis.heal();
      await victim.start();
    },
  },
  {
    name: "deploy: a worker drained and replaced",
    victim: "worker",
    moments: EVERY_MOMENT,
    strike: async () => {},
    async repair({ system, victim }) {
      await system.addWorker();
      const tookMs = await victim.stop(GRACE_MS);
      await system.removeWorker(victim);
      if (tookMs > GRACE_MS + OVERDUE_MS)
        throw new Error(`${victim.name} took ${Math.round(tookMs)} ms to drain`);
    },
  },
];

/** What is committed stays without its job, until somebody notices. */
function crashBeforeEnqueue(victim: "worker" | "api"): Fault {
  return {
    name: `crash of ${victim === "api" ? "the API" : "a worker"} between commit and enqueue`,
    victim,
    moments: ["enqueue"],
    async strike(struck) {
      struck.victim.redis.cut(); // what was about to be sent goes with the process
      struck.victim.signal("SIGKILL");
    },
    repair: async (struck) => struck.victim.redis.heal(),
  };
}
