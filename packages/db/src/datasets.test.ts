import { DatasetDetails, DatasetView, newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDataset, getDataset, listDatasets, type NewDataset } from "./datasets.js";
import { ensureProject } from "./projects.js";
import { fakeFile } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  projectId = (await ensureProject(database.db, "tests")).id;
});
afterAll(() => database?.drop());

const dataset = (name: string, content: string): NewDataset => ({
  name,
  description: content,
  classNames: ["a", "b"],
  inputShape: [28, 28],
  trainRows: 10,
  testRows: 5,
  classCounts: [6, 4],
  task: "classification",
  details: DatasetDetails.parse({}),
  files: {
    trainImages: fakeFile(`${content} 1`),
    trainLabels: fakeFile(`${content} 2`),
    testImages: fakeFile(`${content} 3`),
    testLabels: fakeFile(`${content} 4`),
  },
});
const create = (name: string, content: string) =>
  createDataset(database.db, projectId, "ann", dataset(name, content));

test("each new content is the next version; known content is the version it was", async () => {
  const { db } = database;
  const first = await create("digits", "one");
  expect(DatasetView.parse(first)).toEqual(first);
  expect(first.version).toBe(1);
  expect((await create("digits", "two")).version).toBe(2);
  expect(await create("digits", "one")).toEqual(first);
  expect((await getDataset(db, projectId, "digits")).version).toBe(2);
  expect(await getDataset(db, projectId, "digits", 1)).toEqual(first);
  const files = await db.prisma.artifact.findMany({ where: { datasetId: first.id } });
  expect(files.map(({ fileName }) => fileName).sort()).toEqual([
    "test-images-idx3-ubyte",
    "test-labels-idx1-ubyte",
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
  ]);
});

test("parallel uploads of the same content make one version", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => create("same", "content")));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  const different = await Promise.all([1, 2, 3, 4].map((n) => create("different", `${n}`)));
  expect(different.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
});

test("lists hold the latest version of each, by name, of one project", async () => {
  const { db } = database;
  await create("a-list", "one");
  await create("a-list", "two");
  const listed = await listDatasets(db, projectId);
  const names = listed.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  expect(listed.find(({ name }) => name === "a-list")?.version).toBe(2);
  expect(await listDatasets(db, newId())).toEqual([]);
  await expect(getDataset(db, newId(), "a-list")).rejects.toMatchObject({ code: "not_found" });
  await expect(getDataset(db, projectId, "a-list", 3)).rejects.toThrow('"a-list" in version 3');
});
