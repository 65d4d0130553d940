import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@sweepyard/client";
import type { RunView } from "@sweepyard/contract";
import type { Chance } from "./chance.js";
import type { FaultSystem } from "./faultSystem.js";
import { DATASET } from "./smallDataset.js";

export const EPOCHS = 30;
const RATES = [0.003, 0.01];
const DEPTHS = [1, 2];
/** Runs kept queued or running, so that there is always something to disturb. */
const PRESSURE = 10;

type Variable = number | { $param: string };

/** A plan, or a template of one. */
const planOf = <Value extends Variable>(learningRate: Value, depth: Value) => ({
  data: { dataset: DATASET },
  model: { template: "mlp" as const, depth, units: 24 },
  optimizer: { class_name: "Adam" as const, learning_rate: learningRate },
  batch_size: 8,
  epochs: EPOCHS,
  seed: 5, // of every run the same, so that runs of equal params must end with equal numbers
});

type NewSweep = Parameters<Client["sweeps"]["create"]>[0];

const GRID: NewSweep = {
  name: "grid",
  plan: planOf({ $param: "learning_rate" }, { $param: "depth" }),
  space: {
    learning_rate: { type: "categorical", choices: RATES },
    depth: { type: "categorical", choices: DEPTHS },
  },
};

/** Asks with every result, prunes, and may not make one run too many. */
const LEARNING: NewSweep = {
  name: "learning",
  plan: planOf({ $param: "learning_rate" }, { $param: "depth" }),
  space: {
    learning_rate: { type: "float", low: 0.001, high: 0.1, log: true },
    depth: { type: "int", low: 1, high: 3 },
  },
  sampler: { name: "tpe", n_startup_trials: 3 },
  pruner: { name: "median", n_startup_trials: 2, n_warmup_steps: 3 },
  objective: { metric: "val_loss", direction: "minimize" },
  budget: { runs: 6 },
};

/** Has no best run, but a front of them. */
const TRADE_OFF: NewSweep = {
  ...GRID,
  name: "trade-off",
  objectives: [
    { metric: "val_loss", direction: "minimize" },
    { metric: "loss", direction: "maximize" },
  ],
};

/** What was answered with a 2xx, and so was promised. */
export interface Promised {
  readonly sweeps: Set<string>;
  readonly runs: Set<string>;
  readonly cancelled: Set<string>;
  /** `model@version` → run, as each promotion was answered. */
  readonly promotions: Map<string, string>;
}

/**
 * A user who never rests: submits sweeps and runs, cancels, pauses, resumes, retries and promotes.
 * What the API refuses or never answers is tried no second time: only what was accepted counts.
 */
export class Workload {
  readonly promised: Promised = {
    sweeps: new Set(),
    runs: new Set(),
    cancelled: new Set(),
    promotions: new Map(),
  };
  refused = 0;
  readonly #system: FaultSystem;
  readonly #chance: Chance;
  #state: "working" | "resting" | "ended" = "working";
  readonly #done: Promise<void>;

  constructor(system: FaultSystem, chance: Chance) {
    this.#system = system;
    this.#chance = chance;
    this.#done = this.#work();
  }

  /** Submits nothing until `resume`, so that the system comes to rest. */
  rest(): void {
    this.#state = "resting";
  }

  resume(): void {
    this.#state = "working";
  }

  async end(): Promise<void> {
    this.#state = "ended";
    await this.#done;
  }

  async #work(): Promise<void> {
    while (this.#state !== "ended") {
      await sleep(this.#chance.between(50, 250));
      if (this.#state !== "working") continue;
      await this.#attempt(() => this.#submit());
      if (this.#chance.unit() < 0.3) await this.#attempt(() => this.#meddle());
    }
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    await action().catch(() => {
      this.refused += 1; // a refusal or an outage: nothing was promised
    });
  }

  async #submit(): Promise<void> {
    const { client } = this.#system;
    const { total } = await client.runs.list({ state: ["queued", "running"], limit: 1 }, inTime());
    if (total >= PRESSURE) return;
    const kind = this.#chance.unit();
    if (kind < 0.5) {
      const sweep = kind < 0.2 ? GRID : kind < 0.3 ? TRADE_OFF : LEARNING;
      const { id } = await client.sweeps.create(sweep, inTime());
      this.promised.sweeps.add(id);
    } else {
      const params = [this.#chance.pick(RATES), this.#chance.pick(DEPTHS)] as const;
      const { id } = await client.runs.create({ plan: planOf(...params) }, inTime());
      this.promised.runs.add(id);
    }
  }

  async #meddle(): Promise<void> {
    const { client } = this.#system;
    const { items } = await client.runs.list({ sort: "-createdAt", limit: 30 }, inTime());
    if (items.length === 0) return;
    const run = this.#chance.pick(items);
    const action = this.#chance.pick(ACTIONS[run.state]);
    if (action === undefined) return;
    if (action === "promote") {
      const alias = this.#chance.pick(["champion", "challenger"]);
      const version = await client.runs.promote(run.id, { model: "stripes", alias }, inTime());
      this.promised.promotions.set(`${version.model}@${version.version}`, version.runId);
      return;
    }
    await client.runs[action](run.id, inTime());
    if (action === "cancel") this.promised.cancelled.add(run.id);
    else this.promised.cancelled.delete(run.id);
  }
}

type Action = "cancel" | "pause" | "resume" | "retry" | "promote" | undefined;
const ACTIONS: Record<RunView["state"], readonly Action[]> = {
  queued: ["cancel", "pause", undefined, undefined],
  running: ["cancel", "pause", undefined, undefined],
  paused: ["resume", "resume", "cancel"],
  completed: ["promote"],
  pruned: [undefined],
  diverged: [undefined],
  failed: ["retry"],
  cancelled: ["retry", undefined],
};

/** The API may be frozen: a user gives up some time. */
export const inTime = () => ({ signal: AbortSignal.timeout(10_000) });
