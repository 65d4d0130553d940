import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "@sweepyard/client";
import type { PromotionPolicy, SweepView } from "@sweepyard/contract";
import { advanceSweep } from "@sweepyard/db";
import { SweepDecider } from "@sweepyard/search";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan, smallSweep } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ privateWebhooks: true });
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api?.stop());

const rates = (...choices: number[]) => ({ learning_rate: { type: "categorical", choices } });

const sweepOf = (promote: object, changes: object = {}) =>
  smallSweep({
    plan: {
      ...smallPlan,
      optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
    },
    space: rates(0.05),
    promote,
    ...changes,
  });

const sweepNow = (id: string): Promise<SweepView> => api.client.sweeps.get(id);

/** Trains all runs of a sweep, as workers would, until it has completed. */
async function complete(id: string): Promise<SweepView> {
  const decider = new SweepDecider();
  for (;;) {
    const { created } = await advanceSweep(api.db, id, decider);
    const sweep = await sweepNow(id);
    if (sweep.state === "completed") return sweep;
    expect(created).not.toEqual([]);
    for (const { runId } of created) await trainRun(api.db, runId);
  }
}

async function completed(promote: object, changes: object = {}): Promise<SweepView> {
  const { id } = await api.client.sweeps.create(sweepOf(promote, changes));
  return complete(id);
}

/** A model with a champion, whose alias the policy guards. */
async function guard(model: string, policy: Partial<PromotionPolicy>): Promise<void> {
  const { id } = await api.client.runs.create({ plan: smallPlan });
  await trainRun(api.db, id);
  await api.client.runs.promote(id, { model });
  await api.client.models.setPolicy(model, { policy });
}

const PASSES = { metrics: { "test.accuracy": { min: 0 } }, max_latency_ms: 60_000 };

async function championOf(model: string) {
  const { versions } = await api.client.models.get(model);
  return versions.find(({ aliases }) => aliases.includes("champion"));
}

describe("a sweep's winner", () => {
  test("is promoted once, however many processes look, with every gate's figure", async () => {
    await guard("passes", { ...PASSES, not_worse: { alpha: 0.01 } });
    const url = "http://127.0.0.1:9/hooks";
    const { webhook } = await api.client.webhooks.create({ url, events: ["model.promoted"] });
    const other = await startTestApi({ over: api });
    try {
      const promote = { model: "passes", reason: "autumn", licence: "internal", tags: ["auto"] };
      const before = await completed(promote);
      expect(before).toMatchObject({ promote: { alias: "champion" }, promotion: null });
      await Promise.all([api.promoteWinners(), other.promoteWinners()]);
      await Promise.all([api.promoteWinners(), other.promoteWinners()]);
      const { promotion, best } = await sweepNow(before.id);
      expect(promotion).toMatchObject({ state: "promoted", runId: best?.runId, version: 2 });
      const figures = new Map(promotion?.gates.map(({ gate, figure }) => [gate, figure]));
      expect([...figures.keys()]).toEqual(["metrics", "not_worse", "latency"]);
      expect(figures.get("latency")).toBeGreaterThan(0);
      expect(await championOf("passes")).toMatchObject({
        version: 2,
        runId: best?.runId,
        promotedBy: before.createdBy,
        reason: 'winner of the sweep "small": autumn',
        licence: "internal",
        tags: ["auto"],
      });
      expect((await api.client.models.get("passes")).versions).toHaveLength(2);
      expect((await api.client.models.promotions("passes")).items).toHaveLength(1);
      const { items } = await api.client.webhooks.deliveries(webhook.id);
      expect(items.map(({ type }) => type)).toEqual(["model.promoted"]);
    } finally {
      await api.client.webhooks.delete(webhook.id);
      await other.stop();
    }
  });

  test("is promoted to a new model, which no policy guards", async () => {
    const { id } = await completed({ model: "fresh", alias: "first" });
    await api.promoteWinners();
    const { promotion } = await sweepNow(id);
    expect(promotion).toMatchObject({ state: "promoted", version: 1, gates: [], detail: "" });
  });

  test("that a gate refuses is a version without the alias, and the sweep tells why", async () => {
    await guard("refuses", { ...PASSES, max_bytes: 10 });
    const champion = await championOf("refuses");
    const { id, best } = await completed({ model: "refuses" });
    await api.promoteWinners();
    const { promotion } = await sweepNow(id);
    expect(promotion).toMatchObject({ state: "refused", version: 2, runId: best?.runId });
    expect(promotion?.detail).toContain("the size of the .onnx file in bytes is");
    expect(promotion?.gates.map(({ gate, passed }) => [gate, passed])).toEqual([
      ["metrics", true],
      ["latency", true],
      ["size", false],
    ]);
    expect(await championOf("refuses")).toEqual(champion);
    const [kept] = (await api.client.models.promotions("refuses")).items;
    expect(kept).toMatchObject({ state: "refused", gates: promotion?.gates });
  });

  test("waits for another key than the one that submitted, where approval is asked for", async () => {
    await guard("approved", { approval: true });
    const { id } = await completed({ model: "approved" });
    await api.promoteWinners();
    expect((await sweepNow(id)).promotion).toMatchObject({ state: "waiting", version: 2 });
    expect(await championOf("approved")).toMatchObject({ version: 1 });
    const [waiting] = (await api.client.models.promotions("approved")).items;
    const decision = { approve: true, reason: "seen" };
    const decide = (client: typeof api.client) =>
      client.models.decide("approved", waiting?.id ?? "", decision);
    await expect(decide(api.client)).rejects.toMatchObject({ code: "forbidden" });
    await decide(createClient({ baseUrl: api.url, apiKey: await api.makeKey(["promote"]) }));
    expect((await sweepNow(id)).promotion).toMatchObject({ state: "promoted", version: 2 });
    expect(await championOf("approved")).toMatchObject({ version: 2 });
  });

  test("there is none of: that is told, and nothing is promoted", async () => {
    const { id, best } = await completed({ model: "nobody" });
    await api.client.runs.patch(best?.runId ?? "", { excluded: "wrong labels" });
    await api.promoteWinners();
    expect((await sweepNow(id)).promotion).toMatchObject({ state: "no_winner", version: null });
    await expect(api.client.models.get("nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  test("whose file is gone can't be judged, which is told after some tries", async () => {
    await guard("gone", PASSES);
    const { id, best } = await completed({ model: "gone" }, { seed: 5 });
    const { items } = await api.client.runs.artifacts(best?.runId ?? "");
    const { sha256 = "" } = items.find(({ kind }) => kind === "model") ?? {};
    await rm(api.db.artifacts.path(sha256));
    await vi.waitFor(
      async () => {
        await api.promoteWinners();
        expect((await sweepNow(id)).promotion).toMatchObject({ state: "failed", version: null });
      },
      { timeout: 30_000, interval: 10 },
    );
    expect(await championOf("gone")).toMatchObject({ version: 1 });
  }, 40_000);
});

test("a process that is killed while it promotes leaves nothing, and the next one promotes", async () => {
  const { id } = await completed({ model: "killed" });
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: api.databaseUrl,
    REDIS_URL: inject("redisUrl"),
    QUEUE_PREFIX: "{winner-test}",
    ARTIFACTS_DIR: api.artifactsDir,
    API_PORT: "0",
    SWEEPYARD_PARENT: "1",
    LOG_LEVEL: "silent",
  };
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  await api.db.prisma.$transaction(
    async (tx) => {
      // The promoting transaction comes as far as this row.
      await tx.$executeRaw`select 1 from sweeps where id = ${id}::uuid for update`;
      const child = fork(main, [], { env, execArgv: [] });
      const ended = once(child, "exit");
      await vi.waitFor(
        async () => {
          await tx.$executeRaw`select 1`; // an idle transaction is ended after a while
          // Not within it, where the first look at the view would be the last one.
          const waiting = await api.db.prisma.$queryRaw<unknown[]>`
            select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`;
          expect(waiting).toHaveLength(1);
        },
        { timeout: 30_000 },
      );
      child.kill("SIGKILL");
      await ended;
    },
    { timeout: 60_000 },
  );
  expect((await sweepNow(id)).promotion).toBeNull();
  await api.promoteWinners();
  await api.promoteWinners();
  expect((await sweepNow(id)).promotion).toMatchObject({ state: "promoted", version: 1 });
  expect((await api.client.models.get("killed")).versions).toHaveLength(1);
  const changes = (await api.client.models.changes("killed")).items;
  expect(changes.filter(({ action }) => action === "alias")).toHaveLength(1);
}, 90_000);

test("a sweep that is extended is judged again if another run wins, and only then", async () => {
  const { id } = await completed({ model: "extended" }, { space: rates(1e-6) });
  await api.promoteWinners();
  expect((await sweepNow(id)).promotion).toMatchObject({ version: 1 });

  await api.client.sweeps.patch(id, { space: rates(1e-6, 0.05) } as object);
  const second = await complete(id);
  await api.promoteWinners();
  const { promotion } = await sweepNow(id);
  expect(promotion).toMatchObject({ state: "promoted", version: 2, runId: second.best?.runId });

  await api.client.models.rollback("extended", "champion");
  await api.client.sweeps.patch(id, { space: rates(1e-6, 0.05, 1e-7) } as object);
  const third = await complete(id);
  expect(third.best?.runId).toBe(second.best?.runId);
  await api.promoteWinners();
  expect((await sweepNow(id)).promotion).toEqual(promotion);
  expect(await championOf("extended")).toMatchObject({ version: 1 });
}, 60_000);

describe("a wish to promote", () => {
  test.each([
    [
      "several objectives",
      {
        objectives: [
          { metric: "val_accuracy", direction: "maximize" },
          { metric: "model_bytes", direction: "minimize" },
        ],
      },
    ],
    ["folds", { folds: 3 }],
    ["an external trainer", { trainer: { kind: "external" }, objective: { metric: "score" } }],
  ])("with %s is refused at its field", async (_what, changes) => {
    const sweep = sweepOf({ model: "never" }, { sampler: { name: "random" }, budget: { runs: 3 } });
    await expect(
      api.client.sweeps.create({ ...sweep, ...(changes as object) }),
    ).rejects.toMatchObject({
      code: "invalid_request",
      errors: expect.arrayContaining([
        expect.objectContaining({ path: "promote", rule: "no_winner" }),
      ]),
    });
  });

  test("needs a key that may promote, also to fork", async () => {
    const apiKey = await api.makeKey(["read", "submit"]);
    const submitter = createClient({ baseUrl: api.url, apiKey });
    const forbidden = { code: "forbidden", status: 403 };
    const sweep = sweepOf({ model: "never" });
    await expect(submitter.sweeps.create(sweep)).rejects.toMatchObject(forbidden);
    const { id } = await api.client.sweeps.create(sweep);
    await expect(submitter.sweeps.fork(id, {})).rejects.toMatchObject(forbidden);
    await api.client.sweeps.cancel(id);
  });

  test("is looked at before it is submitted: champion and gates", async () => {
    await guard("looked-at", PASSES);
    expect((await api.client.sweeps.preview(sweepOf({ model: "looked-at" }))).promotion).toEqual({
      model: "looked-at",
      alias: "champion",
      champion: 1,
      policy: { ...PASSES, aliases: ["champion"], approval: false },
    });
    expect((await api.client.sweeps.preview(sweepOf({ model: "none-yet" }))).promotion).toEqual({
      model: "none-yet",
      alias: "champion",
      champion: null,
      policy: null,
    });
  });
});
