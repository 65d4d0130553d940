import { ModelView, newId, PromoteRun, PromotionPolicy } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { deleteVersion } from "./dropOldVersions.js";
import { finishRun } from "./finishRun.js";
import {
  getModel,
  listModelChanges,
  listModels,
  rollBackAlias,
  setAlias,
  setPolicy,
  setVersionTags,
} from "./models.js";
import { patchRun } from "./patchRun.js";
import { promoteRun } from "./promoteRun.js";
import { promotionCase } from "./promotionCase.js";
import { decidePromotion, listPromotions } from "./promotions.js";
import { resolveModel } from "./resolveModel.js";
import { addRun, claim, completedWith, fakeFile, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const ANN = { keyId: newId(), keyName: "ann" };
const BOB = { keyId: newId(), keyName: "bob" };

async function completedRun(accuracy: number): Promise<string> {
  const { id } = await addRun(database.db, projectId);
  await claim(database.db, id, workerId);
  await finishRun(database.db, { runId: id, attempt: 1 }, completedWith(accuracy));
  return id;
}

const promote = (runId: string, model: string, alias = "champion", reason = "") =>
  promoteRun(database.db, projectId, ANN, runId, PromoteRun.parse({ model, alias, reason }));

test("a promoted run is a version that the alias points at", async () => {
  const { db } = database;
  const id = await completedRun(0.8);
  const version = await promote(id, "first", "champion", "the best so far");
  expect(version).toMatchObject({
    model: "first",
    version: 1,
    runId: id,
    sha256: fakeFile("model 0.8").sha256,
    aliases: ["champion"],
    metrics: { "test.accuracy": 0.8 },
    promotedBy: "ann",
    reason: "the best so far",
  });
  const resolved = {
    model: "first",
    version: 1,
    runId: id,
    artifactId: version.artifactId,
    sha256: version.sha256,
    classNames: ["round", "square"],
    inputShape: [2, 2],
  };
  for (const spec of ["first", "first@champion", "first@1"])
    expect(await resolveModel(db, projectId, spec)).toMatchObject(resolved);
  const view = await getModel(db, projectId, "first");
  expect(ModelView.parse(view)).toEqual(view);
  expect(view.versions).toEqual([version]);
});

test("promoting a run again makes no second version, also when twenty do so at once", async () => {
  const { db } = database;
  const id = await completedRun(0.81);
  const versions = await Promise.all(Array.from({ length: 20 }, () => promote(id, "again")));
  expect(new Set(versions.map(({ version }) => version))).toEqual(new Set([1]));
  const moved = await promote(id, "again", "candidate");
  expect(moved).toMatchObject({ version: 1, aliases: ["candidate", "champion"] });
  // One move of each alias is on record, by whom and why.
  const changes = await db.prisma.modelChange.findMany({
    where: { action: "alias", model: { name: "again" } },
    orderBy: { id: "asc" },
  });
  expect(changes).toMatchObject([
    { alias: "champion", fromVersion: null, toVersion: 1, actor: "ann" },
    { alias: "candidate", fromVersion: null, toVersion: 1 },
  ]);
});

test("parallel promotions of different runs are numbered one after another", async () => {
  const ids = await Promise.all([0.1, 0.2, 0.3, 0.4].map(completedRun));
  const versions = await Promise.all(ids.map((id) => promote(id, "many")));
  expect(versions.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
  const { versions: listed } = await getModel(database.db, projectId, "many");
  expect(listed.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  expect(listed.flatMap(({ aliases }) => aliases)).toEqual(["champion"]);
});

test("an alias moves back to an older version, and that is on record", async () => {
  const { db } = database;
  const [first, second] = [await completedRun(0.5), await completedRun(0.6)];
  await promote(first, "moved");
  await promote(second, "moved");
  const change = { model: "moved", alias: "champion", version: 1, reason: "the new one drifts" };
  expect(await setAlias(db, projectId, BOB, change)).toMatchObject({
    version: 1,
    aliases: ["champion"],
  });
  expect(await resolveModel(db, projectId, "moved")).toMatchObject({ version: 1, runId: first });
  const last = await db.prisma.modelChange.findFirst({
    where: { model: { name: "moved" } },
    orderBy: { id: "desc" },
  });
  expect(last).toMatchObject({
    fromVersion: 2,
    toVersion: 1,
    actor: "bob",
    reason: "the new one drifts",
  });
  await expect(setAlias(db, projectId, BOB, { ...change, version: 9 })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("only completed runs that are not excluded are promoted", async () => {
  const { db } = database;
  const { id: queued } = await addRun(db, projectId);
  await expect(promote(queued, "refused")).rejects.toMatchObject({ code: "conflict" });
  const excluded = await completedRun(0.9);
  await patchRun(db, projectId, excluded, "ann", { excluded: "wrong labels" });
  await expect(promote(excluded, "refused")).rejects.toThrow("is excluded (wrong labels)");
  await expect(promote(newId(), "refused")).rejects.toMatchObject({ code: "not_found" });
  const names = (await listModels(db, projectId)).map(({ name }) => name);
  expect(names).not.toContain("refused");
});

test("what is not there is said with what is", async () => {
  const { db } = database;
  await expect(resolveModel(db, projectId, "nothing")).rejects.toThrow('no model "nothing"');
  await promote(await completedRun(0.3), "known");
  await expect(resolveModel(db, projectId, "known@beta")).rejects.toThrow(
    'model "known" has no alias "beta": it has champion, 1',
  );
  await expect(resolveModel(db, newId(), "known")).rejects.toMatchObject({ code: "not_found" });
});

describe("an alias", () => {
  test("moves only from where it is expected to be", async () => {
    const { db } = database;
    await promote(await completedRun(0.5), "cas");
    await promote(await completedRun(0.6), "cas", "next");
    const move = { model: "cas", alias: "champion", version: 2, reason: "" };
    await expect(setAlias(db, projectId, ANN, { ...move, expected: 2 })).rejects.toThrow(
      "champion points at version 1, not 2 as expected",
    );
    await expect(setAlias(db, projectId, ANN, { ...move, expected: null })).rejects.toMatchObject({
      code: "conflict",
    });
    // Of many who saw the same state, one wins.
    const asked = Array.from({ length: 5 }, () =>
      setAlias(db, projectId, ANN, { ...move, expected: 1 }),
    );
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const fresh = { ...move, alias: "fresh", expected: null };
    expect((await setAlias(db, projectId, ANN, fresh)).aliases).toContain("fresh");
  });

  test("rolls back to where it was, over versions that are gone, and on record", async () => {
    const { db } = database;
    for (const accuracy of [0.5, 0.6, 0.7]) await promote(await completedRun(accuracy), "back");
    const back = { model: "back", alias: "champion", reason: "shirts" };
    expect(await rollBackAlias(db, projectId, "bob", back)).toMatchObject({ version: 2 });
    expect(await rollBackAlias(db, projectId, "bob", back)).toMatchObject({ version: 1 });
    await expect(rollBackAlias(db, projectId, "bob", back)).rejects.toMatchObject({
      code: "conflict",
    });
    const [last] = await listModelChanges(db, projectId, "back");
    expect(last).toMatchObject({
      action: "rollback",
      alias: "champion",
      fromVersion: 2,
      toVersion: 1,
      actor: "bob",
      reason: "shirts",
    });
    await expect(
      rollBackAlias(db, projectId, "bob", { ...back, alias: "none" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("versions", () => {
  test("say what they were trained on, by which code, and for what they may be used", async () => {
    const { db } = database;
    const id = await completedRun(0.8);
    const promotion = { model: "notes", licence: "internal use", tags: ["spring", "spring"] };
    const version = await promoteRun(db, projectId, ANN, id, PromoteRun.parse(promotion));
    expect(version).toMatchObject({
      dataset: { name: "shapes", version: 1 },
      codeVersion: "0.0.0",
      licence: "internal use",
      tags: ["spring"],
    });
    const which = { name: "notes", version: 1 };
    const changed = await setVersionTags(db, projectId, "bob", which, { tags: ["x"], reason: "" });
    expect(changed).toEqual({ ...version, tags: ["x"] });
  });

  test("past those that are kept go, oldest first, but none with an alias", async () => {
    const { db } = database;
    await promote(await completedRun(0.1), "kept", "pinned");
    const keeping = { policy: null, keep_versions: 2, reason: "" };
    await setPolicy(db, projectId, "ann", "kept", keeping);
    for (const accuracy of [0.2, 0.3, 0.4, 0.5, 0.6])
      await promote(await completedRun(accuracy), "kept");
    const { versions } = await getModel(db, projectId, "kept");
    // 6 is champion and 1 pinned; 5 and 4 are the two kept.
    expect(versions.map(({ version }) => version)).toEqual([6, 5, 4, 1]);
    await promote(await completedRun(0.7), "kept");
    const newest = (await getModel(db, projectId, "kept")).versions[0];
    expect(newest?.version).toBe(7); // no number comes twice
  });

  test("are deleted by hand unless an alias points at them", async () => {
    const { db } = database;
    await promote(await completedRun(0.5), "deleted");
    await promote(await completedRun(0.6), "deleted");
    const remove = (version: number) =>
      deleteVersion(db, projectId, "ann", { name: "deleted", version });
    await expect(remove(2)).rejects.toThrow("champion points at version 2");
    await remove(1);
    await expect(remove(1)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a policy", () => {
  const policy = PromotionPolicy.parse({ metrics: { "test.accuracy": { min: 0.7 } } });
  const gate = { gate: "metrics", of: "test.accuracy", limit: 0.7 } as const;
  const passing = [{ ...gate, passed: true, figure: 0.8, detail: "fine" }];
  const failing = [{ ...gate, passed: false, figure: 0.6, detail: "test.accuracy is 0.6" }];
  const guarded = async (model: string, changes: Partial<PromotionPolicy> = {}) => {
    await promote(await completedRun(0.5), model, "first");
    await setPolicy(database.db, projectId, "ann", model, {
      policy: { ...policy, ...changes },
      keep_versions: null,
      reason: "",
    });
  };
  const judge = async (model: string, gates: readonly (typeof failing)[number][], more = {}) => {
    const { db } = database;
    const id = await completedRun(0.6);
    const found = await promotionCase(db, projectId, id, { model, alias: "champion" });
    if (found === null) throw new Error("nothing guards the alias");
    const body = PromoteRun.parse({ model, ...more });
    const judged = { policy: found.policy, champion: found.champion, gates };
    return promoteRun(db, projectId, ANN, id, body, judged);
  };

  test("lets aliases that it does not guard move, and no guarded one unjudged", async () => {
    const { db } = database;
    await guarded("unjudged");
    const id = await completedRun(0.9);
    const free = { model: "unjudged", alias: "challenger" };
    expect(await promotionCase(db, projectId, id, free)).toBeNull();
    await promote(id, "unjudged", "challenger");
    await expect(promote(id, "unjudged")).rejects.toMatchObject({ code: "conflict" });
  });

  test("refuses with each gate's finding, and keeps it", async () => {
    await guarded("refusing");
    await expect(judge("refusing", failing)).rejects.toMatchObject({
      code: "conflict",
      errors: [
        { path: "gates.metrics.test.accuracy", rule: "gate", message: "test.accuracy is 0.6" },
      ],
    });
    const [kept] = await listPromotions(database.db, projectId, "refusing");
    expect(kept).toMatchObject({ state: "refused", version: 2, alias: "champion", gates: failing });
    const { versions } = await getModel(database.db, projectId, "refusing");
    expect(versions[0]).toMatchObject({ version: 2, aliases: [] });
  });

  test("is passed over by force, for the gates that are named, with a reason", async () => {
    await guarded("forced");
    const force = (gates: string[]) => ({ force: { gates, reason: "the old one is broken" } });
    await expect(judge("forced", failing, force(["size"]))).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await judge("forced", failing, force(["metrics"]))).aliases).toEqual(["champion"]);
    const [kept] = await listPromotions(database.db, projectId, "forced", ["promoted"]);
    expect(kept).toMatchObject({ forced: ["metrics"], forceReason: "the old one is broken" });
  });

  test("has promotions wait for somebody else, once", async () => {
    const { db } = database;
    await guarded("waiting", { approval: true });
    expect((await judge("waiting", passing)).aliases).toEqual([]);
    const [waiting] = await listPromotions(db, projectId, "waiting", ["waiting"]);
    const which = { name: "waiting", id: waiting?.id ?? "" };
    const approval = { approve: true, reason: "looked at it" };
    await expect(decidePromotion(db, projectId, ANN, which, approval)).rejects.toMatchObject({
      code: "forbidden",
    });
    const decided = await decidePromotion(db, projectId, BOB, which, approval);
    expect(decided).toMatchObject({ state: "promoted", decidedBy: "bob" });
    expect(await resolveModel(db, projectId, "waiting")).toMatchObject({ version: 2 });
    await expect(decidePromotion(db, projectId, BOB, which, approval)).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("counts judgements for nothing once the champion has moved", async () => {
    const { db } = database;
    await guarded("racing");
    const id = await completedRun(0.8);
    const which = { model: "racing", alias: "champion" };
    const found = await promotionCase(db, projectId, id, which);
    await judge("racing", passing);
    const judged = { policy: found?.policy ?? policy, champion: null, gates: passing };
    const late = promoteRun(db, projectId, ANN, id, PromoteRun.parse(which), judged);
    await expect(late).rejects.toThrow("has changed while the gates were judged");
  });
});
