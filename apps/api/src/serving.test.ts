import type { ServedTraffic } from "@sweepyard/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, SIDE, smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
let good: string;
let bad: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  good = await trained();
  bad = await trained({ epochs: 1, optimizer: { class_name: "SGD", learning_rate: 1e-6 } });
});
afterAll(() => api?.stop());

async function trained(changes: object = {}): Promise<string> {
  const { id } = await api.client.runs.create({ plan: { ...smallPlan, ...changes } });
  await trainRun(api.db, id);
  return id;
}

const { images } = rows(12);
const image = (row: number) => [...images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)];
const instances = Array.from({ length: 12 }, (_, row) => image(row));

const trafficOf = async (model: string, role: ServedTraffic["role"]) =>
  (await api.client.models.serving(model)).traffic.filter((one) => one.role === role);

describe("a challenger", () => {
  test("in shadow is asked what the champion answers, and compared", async () => {
    await api.client.runs.promote(good, { model: "shadowed" });
    await api.client.runs.promote(bad, { model: "shadowed", alias: "challenger" });
    const model = await api.client.models.setChallenger("shadowed", {
      challenger: { shadow: 1 },
      reason: "does it do as well?",
    });
    expect(model.challenger).toEqual({ alias: "challenger", shadow: 1, canary: 0 });
    for (let i = 0; i < 5; i++) {
      const answer = await api.client.models.predict("shadowed", { instances });
      expect(answer.version).toBe(1);
    }
    await api.client.models.predict("shadowed@2", { instances: [image(0)] }); // not the champion's
    await expect
      .poll(async () => (await trafficOf("shadowed", "shadow"))[0]?.comparedRows)
      .toBe(60);
    const [shadow] = await trafficOf("shadowed", "shadow");
    expect(shadow).toMatchObject({ version: 2, against: 1, requests: 5, rows: 60, errors: 0 });
    expect(shadow?.agreement).toBeLessThan(1);
    expect(shadow?.latencyMs?.p50).toBeGreaterThan(0);
    expect(await trafficOf("shadowed", "live")).toMatchObject([
      { version: 2, requests: 1, rows: 1 },
      { version: 1, requests: 5, rows: 60 },
    ]);
    const { items } = await api.client.models.changes("shadowed");
    expect(items[0]).toMatchObject({ action: "challenger", reason: "does it do as well?" });
  });

  test("as a canary answers its share, and says that it did", async () => {
    await api.client.runs.promote(good, { model: "canaried" });
    await api.client.runs.promote(bad, { model: "canaried", alias: "next" });
    await api.client.models.setChallenger("canaried", {
      challenger: { alias: "next", canary: 0.5 },
    });
    const versions = [];
    for (let i = 0; i < 100; i++)
      versions.push(
        (await api.client.models.predict("canaried", { instances: [image(i % 9)] })).version,
      );
    const [canary] = await trafficOf("canaried", "canary");
    // Of 100 tosses of a coin, fewer than 15 heads or tails come once in 10^13 times.
    expect(canary?.requests).toBeGreaterThan(15);
    expect(canary?.requests).toBeLessThan(85);
    expect(versions.filter((version) => version === 2)).toHaveLength(canary?.requests ?? 0);
    await api.client.models.setChallenger("canaried", { challenger: null });
    const { version } = await api.client.models.predict("canaried@champion", { instances });
    expect(version).toBe(1);
  });

  test("that fails costs its callers nothing, and is counted", async () => {
    const gone = await trained({ seed: 31 });
    await api.client.runs.promote(good, { model: "careful" });
    const { sha256 } = await api.client.runs.promote(gone, {
      model: "careful",
      alias: "challenger",
    });
    await api.db.artifacts.remove(sha256);
    const second = await startTestApi({ over: api }); // has not loaded it
    try {
      await second.client.models.setChallenger("careful", { challenger: { canary: 1 } });
      const { version } = await second.client.models.predict("careful", { instances });
      expect(version).toBe(1);
      const { traffic } = await second.client.models.serving("careful");
      expect(traffic).toMatchObject([
        { version: 2, role: "canary", requests: 1, errors: 1, latencyMs: null },
        { version: 1, role: "live", requests: 1, errors: 0 },
      ]);
    } finally {
      await second.stop();
    }
  });
});

describe("drift", () => {
  test("is measured against the training rows, of inputs and of predicted classes", async () => {
    await api.client.runs.promote(good, { model: "drifting" });
    const drift = async () => (await api.client.models.serving("drifting")).drift[0];
    // Inputs are counted once the training rows have been looked at.
    await expect
      .poll(
        async () => {
          await api.client.models.predict("drifting", { instances: [image(0)] });
          return (await drift())?.inputs[0]?.served.some((share) => share > 0);
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    const batch = Array.from({ length: 300 }, (_, i) => image(i % 12));
    await api.client.models.predict("drifting", { instances: batch });
    const before = await drift();
    expect(before?.classes).toMatchObject({ names: ["left", "right", "top"] });
    expect(before?.inputs.map(({ name }) => name)).toEqual(["mean", "deviation"]);
    const dark = Array.from({ length: 900 }, () => image(0).map((pixel) => pixel / 8));
    await api.client.models.predict("drifting", { instances: dark });
    const after = await drift();
    expect(after?.verdict).toBe("large");
    expect(after?.inputs[0]?.psi).toBeGreaterThan((before?.inputs[0]?.psi ?? 0) + 0.25);
    expect(after?.classes?.psi).toBeGreaterThan(before?.classes?.psi ?? 0);
  });
});

test("versions are swapped under load without a failed request or an answer from a mix of them", async () => {
  await api.client.runs.promote(good, { model: "swapped" });
  await api.client.runs.promote(bad, { model: "swapped", alias: "other" });
  const expected = new Map<number, unknown>();
  for (const version of [1, 2]) {
    const { predictions } = await api.client.models.predict(`swapped@${version}`, { instances });
    expected.set(version, predictions);
  }
  const second = await startTestApi({ over: api }); // has loaded neither
  let isOver = false;
  const ask = async ({ client }: TestApi) => {
    const seen = new Set<number>();
    while (!isOver) {
      const { version, predictions } = await client.models.predict("swapped", { instances });
      expect(predictions).toEqual(expected.get(version));
      seen.add(version);
    }
    return seen;
  };
  try {
    const asking = [api, api, api, api, second, second].map(ask);
    for (let swap = 0; swap < 6; swap++) {
      const version = 1 + ((swap + 1) % 2);
      await api.client.models.setAlias("swapped", "champion", { version });
      const { version: now } = await api.client.models.predict("swapped", { instances });
      expect(now).toBe(version);
      await expect
        .poll(async () => (await second.client.models.predict("swapped", { instances })).version, {
          timeout: 10_000,
        })
        .toBe(version);
    }
    isOver = true;
    for (const seen of await Promise.all(asking)) expect([...seen].toSorted()).toEqual([1, 2]);
  } finally {
    isOver = true;
    await second.stop();
  }
});

test("a version is asked by its path as by its name", async () => {
  await api.client.runs.promote(good, { model: "pathed" });
  const response = await fetch(`${api.url}/api/v1/models/pathed/versions/1/predict`, {
    method: "POST",
    headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json" },
    body: JSON.stringify({ instances: [image(1)], top_k: 1 }),
  });
  const answer = await response.json();
  expect(answer).toEqual(
    await api.client.models.predict("pathed@1", { instances: [image(1)], top_k: 1 }),
  );
});
