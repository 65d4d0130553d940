import { ModelView, newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { finishRun } from "./finishRun.js";
import { getModel, listModels, setAlias } from "./models.js";
import { patchRun } from "./patchRun.js";
import { promoteRun } from "./promoteRun.js";
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

async function completedRun(accuracy: number): Promise<string> {
  const { id } = await addRun(database.db, projectId);
  await claim(database.db, id, workerId);
  await finishRun(database.db, { runId: id, attempt: 1 }, completedWith(accuracy));
  return id;
}

const promote = (runId: string, model: string, alias = "champion", reason = "") =>
  promoteRun(database.db, projectId, "ann", runId, { model, alias, reason });

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
    expect(await resolveModel(db, projectId, spec)).toEqual(resolved);
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
  const changes = await db.prisma.modelAliasChange.findMany({
    where: { model: { name: "again" } },
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
  expect(await setAlias(db, projectId, "bob", change)).toMatchObject({
    version: 1,
    aliases: ["champion"],
  });
  expect(await resolveModel(db, projectId, "moved")).toMatchObject({ version: 1, runId: first });
  const last = await db.prisma.modelAliasChange.findFirst({
    where: { model: { name: "moved" } },
    orderBy: { id: "desc" },
  });
  expect(last).toMatchObject({
    fromVersion: 2,
    toVersion: 1,
    actor: "bob",
    reason: "the new one drifts",
  });
  await expect(setAlias(db, projectId, "bob", { ...change, version: 9 })).rejects.toMatchObject({
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
