import { createClient } from "@sweepyard/client";
import { advanceSweep } from "@sweepyard/db";
import { SweepDecider } from "@sweepyard/search";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallSweep } from "./testing/submitSmall.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

async function sweepOfFour() {
  const sweep = await api.client.sweeps.create(smallSweep({ name: "=cmd()" }));
  await advanceSweep(api.db, sweep.id, new SweepDecider());
  return sweep;
}

test("the runs of a list come as one CSV file, without formulas", async () => {
  const sweep = await sweepOfFour();
  const { items } = await api.client.runs.list({ sweepId: sweep.id, sort: "number" });
  const csv = await api.client.runs.export({ sweepId: sweep.id, sort: "number" });
  expect(csv.headers.get("content-disposition")).toBe('attachment; filename="runs.csv"');
  const [head = "", ...lines] = (await csv.text()).trimEnd().split("\r\n");
  expect(head).toMatch(/^id,sweep,number,name,.*,params\.depth,params\.learning_rate$/);
  expect(lines.map((line) => line.split(",").slice(0, 3))).toEqual(
    items.map(({ id, number }) => [id, "'=cmd()", String(number)]),
  );
});

test("the same as JSON is what the list has, filter and order included", async () => {
  const sweep = await sweepOfFour();
  const query = { sweepId: sweep.id, sort: "-number", filter: "params.depth = 2" };
  const json = await api.client.runs.export({ ...query, format: "json" });
  expect(await json.json()).toEqual((await api.client.runs.list(query)).items);
  const none = await api.client.runs.export({ filter: "number > 999", format: "json" });
  expect(await none.json()).toEqual([]);
});

test("a filter that can't be read is a problem and no file", async () => {
  await expect(api.client.runs.export({ filter: "params.depth >" })).rejects.toMatchObject({
    code: "invalid_request",
  });
});

test("another project's runs are in no file", async () => {
  const sweep = await sweepOfFour();
  const apiKey = await api.makeKey(["read"], "elsewhere");
  const csv = await createClient({ baseUrl: api.url, apiKey }).runs.export({ sweepId: sweep.id });
  expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(1);
});
