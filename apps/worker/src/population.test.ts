import { ListRuns, PruningLogEntry, type RunView } from "@sweepyard/contract";
import { listRuns, pruningLog } from "@sweepyard/db";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** Population based training through real stores and real trainers. */

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

const sweep = {
  plan: {
    data: { dataset: "synthetic", version: 1 },
    model: { template: "mlp", depth: 1, units: 16, dropout: { $param: "dropout" } },
    optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
    batch_size: { $param: "batch_size" },
    epochs: 6,
  },
  space: {
    learning_rate: { type: "float", low: 1e-6, high: 1e-2, log: true },
    dropout: { type: "float", low: 0, high: 0.5 },
    batch_size: { type: "ordinal", choices: [16, 32, 64] },
  },
  sampler: { name: "pbt", perturbation_interval: 2, quantile_fraction: 0.5 },
  objective: { metric: "val_loss", direction: "minimize" },
  budget: { runs: 4 },
};

const runsOf = async (id: string): Promise<RunView[]> => {
  const { items } = await listRuns(
    system.db,
    system.projectId,
    ListRuns.parse({ sweepId: id, sort: "number", limit: 100 }),
  );
  return items.sort((a, b) => a.number - b.number);
};

const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const view = await system.sweep(id);
      expect(view.endedAt, JSON.stringify(view.counts)).not.toBeNull();
      return view;
    },
    { timeout: 60_000, interval: 50 },
  );

async function movesOf(id: string) {
  const rows = await pruningLog(system.db, id, { after: 0, limit: 10_000 });
  return rows.flatMap(({ entry }) => {
    const parsed = PruningLogEntry.parse(entry);
    return parsed.kind === "evolved" ? [parsed.moves] : [];
  });
}

/** What must not hang on who trained what, or when. */
async function outcomeOf(id: string) {
  const runs = await runsOf(id);
  return Promise.all(
    runs.map(async ({ id: runId, number, params, state, samplerReason }) => ({
      ...{ number, params, state, samplerReason },
      ...(await system.numbers(runId)),
    })),
  );
}

test("the worst go on from the best, with their params changed, and all is told and made again", async () => {
  await system.startSupervisor({ SLOTS: "2" });
  const id = await system.submitSweep(sweep, 4);
  const view = await ended(id);
  expect(view).toMatchObject({ state: "completed", counts: { completed: 4 }, epochsDone: 24 });

  const generations = await movesOf(id);
  expect(generations).toHaveLength(2); // after epochs 2 and 4; after the last nobody copies
  const copies = generations.flat().filter(({ from }) => from !== null);
  expect(copies).toHaveLength(4); // the worse half, twice
  const last = generations[1]?.filter(({ from }) => from !== null) ?? [];
  const runs = await runsOf(id);
  for (const { number, from, params } of last) {
    const run = runs.find((each) => each.number === number);
    expect(run).toMatchObject({
      params,
      samplerReason: { sampler: "pbt", copied_from: from, of: 4 },
      plan: { optimizer: { learning_rate: params?.learning_rate } },
    });
    // Each epoch once, whoever's weights it began with.
    const { metrics } = await system.numbers(run?.id ?? "");
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  }

  const decisions = await system.replayPruning(id);
  expect(decisions.filter(({ isSame }) => !isSame)).toEqual([]);
  expect(decisions.filter(({ kind }) => kind === "pause")).toHaveLength(8);
  const evolved = decisions.filter(({ kind }) => kind === "evolve");
  expect(evolved).toHaveLength(2);
  await system.db.prisma.$executeRaw`
    update pruning_log set entry = jsonb_set(entry::jsonb, '{moves,0,from}', '4')::json
    where sweep_id = ${id}::uuid and seq = ${evolved[0]?.seq}`;
  const altered = (await system.replayPruning(id)).filter(({ isSame }) => !isSame);
  expect(altered[0]).toMatchObject({ kind: "evolve", seq: evolved[0]?.seq });
});

test("a worker that is killed after runs were copied changes nothing of what comes out", async () => {
  const undisturbed = await system.submitSweep(sweep, 4);
  await ended(undisturbed);
  await system.stopSupervisors();

  const worker = await system.startProcess({ SLOTS: "2" });
  const id = await system.submitSweep(sweep, 4);
  await vi.waitFor(async () => expect(await movesOf(id)).not.toEqual([]), {
    timeout: 60_000,
    interval: 5,
  });
  worker.kill("SIGKILL");
  await worker.exited;
  await system.startSupervisor({ SLOTS: "1" });
  await ended(id);
  expect(await outcomeOf(id)).toEqual(await outcomeOf(undisturbed));
  expect((await system.replayPruning(id)).filter(({ isSame }) => !isSame)).toEqual([]);
});
