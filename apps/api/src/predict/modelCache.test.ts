import { stat } from "node:fs/promises";
import { resolveModel } from "@sweepyard/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, smallUpload } from "../testing/smallDataset.js";
import { startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan } from "../testing/submitSmall.js";
import { trainRun } from "../testing/trainRun.js";
import { ModelCache } from "./modelCache.js";

interface ModelFile {
  readonly sha256: string;
  readonly path: string;
  readonly bytes: number;
}

let api: TestApi;
let files: ModelFile[];
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  files = [];
  for (const seed of [1, 2, 3]) {
    const { id } = await api.client.runs.create({ plan: { ...smallPlan, epochs: 1, seed } });
    await trainRun(api.db, id);
    const model = `seed-${seed}`;
    await api.client.runs.promote(id, { model });
    const { sha256 } = await resolveModel(api.db, api.projectId, model);
    const path = api.db.artifacts.path(sha256);
    files.push({ sha256, path, bytes: (await stat(path)).size });
  }
});
afterAll(() => api?.stop());

const inputs = Float32Array.from(rows(1).images, (pixel) => pixel / 255);
const ask = (cache: ModelCache, { sha256, path }: ModelFile): Promise<number[]> =>
  cache.use(sha256, path, async (model) => [...(await model.predict(inputs))]);
const largest = () => Math.max(...files.map(({ bytes }) => bytes));
const ready = (cache: ModelCache) => files.map(({ sha256 }) => cache.isReady(sha256));

describe("the cache of models", () => {
  test("keeps to its cap: the one that was not used for longest goes", async () => {
    const cache = new ModelCache(2 * largest());
    const [first, second, third] = files as [ModelFile, ModelFile, ModelFile];
    await ask(cache, first);
    await ask(cache, second);
    expect(ready(cache)).toEqual([true, true, false]);
    await ask(cache, first);
    await ask(cache, third);
    expect(ready(cache)).toEqual([true, false, true]);
    expect(cache.bytes).toBeLessThanOrEqual(2 * largest());
    cache.close();
  });

  test("serves a model that is larger than the cap, with no other beside it", async () => {
    const cache = new ModelCache(10);
    for (const file of files) {
      expect(await ask(cache, file)).toHaveLength(3);
      expect(cache.bytes).toBe(file.bytes);
      expect(cache.hasRoom).toBe(false);
    }
    expect(ready(cache)).toEqual([false, false, true]);
    cache.close();
  });

  test("fails no request while models make room for each other, and answers by the right one", async () => {
    const roomy = new ModelCache(3 * largest());
    const expected = await Promise.all(files.map((file) => ask(roomy, file)));
    roomy.close();
    const cache = new ModelCache(largest());
    const asked = Array.from({ length: 120 }, (_, at) => (at * 7 + (at >> 2)) % files.length);
    // Eight at a time, so that some wait for a model that others push out.
    const answers: number[][] = [];
    let next = 0;
    const askOn = async () => {
      for (let at = next++; at < asked.length; at = next++)
        answers[at] = await ask(cache, files[asked[at] ?? 0] as ModelFile);
    };
    await Promise.all(Array.from({ length: 8 }, askOn));
    expect(answers).toEqual(asked.map((which) => expected[which]));
    expect(cache.bytes).toBeLessThanOrEqual(largest());
    cache.close();
  });
});
